"""Run by alembic around the steps, with a connection of ``ocpi_server.store.database.schema``."""

from alembic import context

from ocpi_server.store.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
# The transaction is the one that the connection is in; alembic must not end it.
context.run_migrations()
