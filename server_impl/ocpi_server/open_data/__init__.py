"""What everybody may read without registration: own locations and tariffs.

The lists are below ``<base_url>/open`` as any OCPI client reads them, in the versions whose
objects name their owner (2.2 and later), and each also as one file.
"""

from ocpi_server.open_data._app import OpenDataApp
from ocpi_server.open_data._lists import OpenLists

__all__ = ["OpenDataApp", "OpenLists"]
