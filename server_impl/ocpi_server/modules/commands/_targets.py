"""The places that commands name."""

from ocpi_runtime.errors import InvalidParameters, UnknownLocation, Violation
from ocpi_runtime.server import Context
from ocpi_server.objects.command_fields import Command, CommandTarget
from ocpi_server.objects.location_parts import connector, evse, find
from ocpi_server.objects.own import OwnObjects

__all__ = ["find_target"]


async def find_target(locations: OwnObjects, context: Context, command: Command) -> CommandTarget:
    """Find the location, EVSE or connector that a command names.

    Raises:
        InvalidParameters: It names a connector without its EVSE.
        UnknownLocation: The partner sees no such place.
    """
    location_id = command.text("location_id")
    evse_uid = command.maybe("evse_uid")
    connector_id = command.maybe("connector_id")
    if connector_id is not None and evse_uid is None:
        fault = Violation("/evse_uid", "required", "is required with connector_id")
        raise InvalidParameters("evse_uid is required with connector_id.", violations=[fault])
    location = await locations.find(context, location_id)
    if location is None:
        raise UnknownLocation(f"Location {location_id} not found.")
    path = [] if evse_uid is None else [evse(evse_uid)]
    path += [] if connector_id is None else [connector(connector_id)]
    if find(location.raw, path) is None:
        raise UnknownLocation(f"{path[-1]} not found at location {location_id}.")
    return CommandTarget.at(location, path)
