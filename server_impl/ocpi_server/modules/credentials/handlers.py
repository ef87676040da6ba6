"""The methods of the module credentials."""

from ocpi_runtime.server import Context, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules.credentials.service import CredentialsService

__all__ = ["CredentialsMethods"]


class CredentialsMethods(Stub):
    """Registration of partners."""

    def __init__(self, credentials: CredentialsService) -> None:
        self._credentials = credentials

    async def get_credentials(self, context: Context) -> Raw:
        """Return the credentials of this platform."""
        return await self._credentials.get(context)

    async def post_credentials(self, context: Context, body: Received[Model]) -> Raw:
        """Register a partner."""
        return await self._credentials.post(context, body.value)

    async def put_credentials(self, context: Context, body: Received[Model]) -> Raw:
        """Renew the registration of a partner."""
        return await self._credentials.put(context, body.value)

    async def delete_credentials(self, context: Context) -> None:
        """End the registration of a partner."""
        await self._credentials.delete(context)
