"""The processes that share the work for partners, as functions of a connection."""

from sqlalchemy import Connection, delete, insert, not_, select, update

from ocpi_server.store.database.outbox_tables import nodes

__all__ = ["beat_node", "end_node"]


def beat_node(connection: Connection, node: str, now: int, until: int) -> list[str]:
    """Note that a process is there until an instant; return all that are.

    What is noted further ahead than any process notes it now was before the clock went back.
    """
    mine, latest = nodes.c.id == node, 2 * until - now
    if not connection.execute(update(nodes).where(mine).values(until=until)).rowcount:
        connection.execute(delete(nodes).where(not_(nodes.c.until.between(now, latest))))
        connection.execute(insert(nodes).values(id=node, until=until))
    there = select(nodes.c.id).where(nodes.c.until.between(now, latest)).order_by(nodes.c.id)
    return list(connection.execute(there).scalars())


def end_node(connection: Connection, node: str) -> None:
    """Note that a process has ended."""
    connection.execute(delete(nodes).where(nodes.c.id == node))
