"""The methods of the module payments (2.3.0)."""

from ocpi_bindings.v2_3_0.models import FinancialAdviceConfirmation, TerminalCreation
from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules.payments._provider import PaymentProvider
from ocpi_server.modules.payments._terminals import Terminals
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.objects.own import OwnObjects

__all__ = ["PaymentsReceiverMethods", "PaymentsSenderMethods"]


class PaymentsSenderMethods(Stub):
    """Our own terminals and confirmations, each for its CPO only."""

    def __init__(
        self, terminals: Terminals, confirmations: OwnObjects, provider: PaymentProvider
    ) -> None:
        self._terminals = terminals
        self._confirmations = confirmations
        self._provider = provider

    async def get_terminals(self, context: Context, query: PageQuery) -> RawPage:
        """List terminals."""
        return await self._terminals.page(context, query)

    async def get_terminal(self, context: Context, terminal_id: str) -> Raw:
        """Read a terminal."""
        return await self._terminals.read(context, terminal_id)

    async def put_terminal(self, context: Context, terminal_id: str, body: Received[Model]) -> None:
        """Take the data of a CPO on a terminal."""
        await self._terminals.put(context, terminal_id, body.raw)

    async def patch_terminal(
        self, context: Context, terminal_id: str, body: Received[Model]
    ) -> None:
        """Take what a terminal is assigned to."""
        await self._terminals.patch(context, terminal_id, body.raw)

    async def post_activate_terminal(self, context: Context, body: Received[Model]) -> None:
        """Activate a terminal, to be pushed."""
        terminal = await self._terminals.activate(context, body.raw)
        await self._provider.push(terminal)

    async def post_deactivate_terminal(self, context: Context, terminal_id: str) -> None:
        """Deactivate a terminal."""
        await self._terminals.deactivate(context, terminal_id)

    async def get_financial_advice_confirmations(
        self, context: Context, query: PageQuery
    ) -> RawPage:
        """List confirmations."""
        return await self._confirmations.page(context, query)

    async def get_financial_advice_confirmation(
        self, context: Context, financial_advice_confirmation_id: str
    ) -> Raw:
        """Read a confirmation."""
        return await self._confirmations.read(context, financial_advice_confirmation_id)


class PaymentsReceiverMethods(Stub):
    """The terminals and confirmations of PTPs, each for its sender only."""

    def __init__(self, terminals: UnownedObjects, confirmations: UnownedObjects) -> None:
        self._terminals = terminals
        self._confirmations = confirmations

    async def post_terminal(self, context: Context, body: Received[TerminalCreation]) -> Outcome:
        """Take a terminal."""
        return await self._terminals.post(context, body.value.terminal_id, body.raw)

    async def get_stored_terminal(self, context: Context, terminal_id: str) -> Raw:
        """Read a terminal back."""
        return await self._terminals.get(context.partner, terminal_id)

    async def post_financial_advice_confirmation(
        self, context: Context, body: Received[FinancialAdviceConfirmation]
    ) -> Outcome:
        """Take a confirmation."""
        return await self._confirmations.post(context, body.value.id, body.raw)

    async def get_stored_financial_advice_confirmation(
        self, context: Context, financial_advice_confirmation_id: str
    ) -> Raw:
        """Read a confirmation back."""
        return await self._confirmations.get(context.partner, financial_advice_confirmation_id)
