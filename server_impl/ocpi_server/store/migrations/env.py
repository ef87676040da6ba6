"""What alembic runs around the steps: the connection comes from :mod:`ocpi_server.store.schema`."""

from alembic import context

from ocpi_server.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
