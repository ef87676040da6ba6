"""Feeds of open data, pulled by the schedule as whole lists of sources without registration."""

import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from ocpi_runtime.dialect import Dialect, Level
from ocpi_runtime.errors import ProtocolError
from ocpi_runtime.json_stream import BrokenJson
from ocpi_runtime.urls import UrlPolicy
from ocpi_server._clock import Clock, to_micros
from ocpi_server._versions import binding_of
from ocpi_server.partners import PartnerDirectory, PartnerRecord, Status
from ocpi_server.settings import FeedRules, PullRules
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.downloads import download
from ocpi_server.sync.importing import Broken, opened
from ocpi_server.sync.pull import Pulled
from ocpi_server.sync.received_files import ReceivedFile, ReceivedImport, ReceivedImporter
from ocpi_server.sync.schedule._run import PullRun, next_pull
from ocpi_server.versioning.translation import KINDS

__all__ = ["WHY_REFUSED", "FeedPuller", "FeedSources"]

log = logging.getLogger("ocpi_server.sync")

WHY_REFUSED: Final = (
    "a partner with this name is registered or blocked, or several have it; use another name"
)
_SOURCES: Final = UUID("5d6e3f0c-8f5c-4c5e-9a55-0c6f7f1b2a34")
"""The keys of sources follow from their names, so that two processes add the same one."""
_MOST_BYTES: Final = 4 * 1024**3
"""A feed with more bytes of JSON, decompressed, is not read to its end."""
_MARK: Final = 16


class FeedSources(NamedTuple):
    """The sources of feeds.

    Attributes:
        known: Their keys by their names.
        new: Names for which there is no source yet.
        refused: Names that are those of partners which are no sources.
    """

    known: dict[str, str]
    new: list[str]
    refused: list[str]


class FeedPuller:
    """Pulls feeds into the store.

    Args:
        directory: Looks the sources up.
        run: Keeps the state of pulls.
        rules: What is pulled, and how much.
        policy: Which URLs are allowed.
        level: How much is repaired where a feed does not state it.
        importer: Returns what stores objects, for a dialect.
        clock: Returns the current time.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        run: PullRun,
        rules: PullRules,
        policy: UrlPolicy,
        level: Level,
        importer: Callable[[Dialect], ReceivedImporter],
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._run = run
        self._feeds = rules.feeds
        self._most = rules.feed_bytes
        self._policy = policy
        self._level = level
        self._importer = importer
        self._clock = clock
        self._refused: set[str] = set()
        self._planned: Mapping[tuple[str, str], FeedRules] = {}

    def __bool__(self) -> bool:
        """Return whether there is any feed."""
        return bool(self._feeds)

    def __contains__(self, name: tuple[str, str]) -> bool:
        """Return whether a list is a feed."""
        return name in self._planned

    @property
    def periods(self) -> list[float]:
        """How often the feeds are pulled, in seconds."""
        return [each.every for each in self._feeds]

    def is_source(self, partner_id: str) -> bool:
        """Return whether feeds are from a partner."""
        return any(source == partner_id for source, _ in self._planned)

    async def plan(self) -> set[tuple[str, str]]:
        """Find the sources of feeds, and add those that are missing.

        Returns:
            The key of the source and the module of each feed.
        """
        sources = await self.sources()
        added = {name: await self._directory.add_source(name, _key(name)) for name in sources.new}
        for name in sources.refused:
            if name not in self._refused:
                log.warning("feeds of %r are not pulled: %s", name, WHY_REFUSED)
        self._refused = set(sources.refused)
        self._planned = self._lists({**sources.known, **added})
        return set(self._planned)

    async def sources(self) -> "FeedSources":
        """Look the sources of feeds up, and change nothing."""
        partners = await self._directory.every() if self._feeds else []
        found = FeedSources({}, [], [])
        for name in sorted({feed.name for feed in self._feeds}):
            named = [each for each in partners if each.name == name] or [
                each for each in partners if each.id == _key(name)
            ]
            if not named:
                found.new.append(name)
            elif len(named) > 1 or named[0].status is Status.REGISTERED or named[0].blocked:
                found.refused.append(name)
            else:
                found.known[name] = named[0].id
        return found

    async def lists(self) -> dict[tuple[str, str], FeedRules]:
        """Return the feeds whose source is known, by its key and their module."""
        return self._lists((await self.sources()).known)

    def _lists(self, sources: Mapping[str, str]) -> dict[tuple[str, str], FeedRules]:
        return {
            (sources[feed.name], feed.module): feed for feed in self._feeds if feed.name in sources
        }

    async def pull(self, state: PullState, *, whole: bool = False) -> Pulled:
        """Pull a feed that was taken; one that has not changed is not read.

        Args:
            state: The feed.
            whole: Whether it is read even if it has not changed.

        Raises:
            OcpiError: It broke off; what was stored stays.
        """
        done = Pulled()
        try:
            feed = self._planned[state.name]
            began = to_micros(self._clock())
            await self._run.agenda.begin(state.name, self._run.owner, began, None)
            etag = await self._read(replace(state, etag=None) if whole else state, feed, done)
        except Exception as error:
            await self._run.fail(state, error)
            raise
        now = to_micros(self._clock())
        due = next_pull(now, feed.every)
        await self._run.agenda.end(
            state.name, self._run.owner, ended=now, since=began, due=due, etag=etag
        )
        return done

    async def _read(self, state: PullState, feed: FeedRules, done: Pulled) -> str | None:
        """Store a feed; return what its next pull needs to know whether it has changed."""
        source = await self._directory.get(state.partner)
        if source is None:
            raise ProtocolError(f"The source {feed.name} is removed.")
        mark = self._mark(feed)
        before, _, etag = (state.etag or "").partition(" ")
        with tempfile.NamedTemporaryFile(prefix="ocpi-feed-") as file:
            # What was stored of a pull that broke off differs from the feed with that ETag.
            known = etag if before == mark and state.began is None else None
            came = await download(feed.url, self._policy, file, most=self._most, etag=known)
            if came.changed:
                await self._store(source, feed, Path(file.name), done)
        return None if came.etag is None else f"{mark} {came.etag}"

    async def _store(
        self, source: PartnerRecord, feed: FeedRules, path: Path, done: Pulled
    ) -> None:
        importer = self._importer(Dialect(level=feed.dialect or self._level))
        kind = binding_of(feed.version).model(KINDS[feed.module])
        file = ReceivedFile(source, feed.module, kind, feed.version, whole=True)
        first: list[Broken] = []

        def on_broken(broken: Broken) -> None:
            if not first:
                first.append(broken)

        try:
            with opened(path, version=feed.version, lenient=importer.lenient, most=_MOST_BYTES) as (
                elements,
                _,
            ):
                stored = await importer.run(file, elements, on_broken=on_broken)
        except BrokenJson as error:
            raise ProtocolError(f"{feed.url}: {error}.") from error
        if stored.total and not stored.is_recognised:
            raise ProtocolError(f"{feed.url} has no objects of {feed.module} with an id.")
        done.created, done.updated, done.stale = stored.created, stored.updated, stored.stale
        done.dropped, done.partial = stored.dropped, stored.partial
        _report(feed, source, stored, first)

    def _mark(self, feed: FeedRules) -> str:
        """Return what differs where the same feed would be stored otherwise."""
        text = f"{feed.url} {feed.version} {feed.dialect or self._level}"
        return sha256(text.encode()).hexdigest()[:_MARK]


def _key(name: str) -> str:
    """Return the key of the source that feeds with a name have where there is none yet."""
    return str(uuid5(_SOURCES, name))


def _report(
    feed: FeedRules, source: PartnerRecord, done: ReceivedImport, first: Iterable[Broken]
) -> None:
    log.info(
        "%s of %s: %d read, %d new, %d replaced, %d removed, %d repaired",
        feed.module,
        feed.name,
        done.total,
        done.created,
        done.updated,
        done.dropped,
        done.repaired,
    )
    for broken in first:
        log.warning(
            "%s of %s: %d objects are broken, the first at %s: %s List those that could be read "
            "in part with 'ocpi partners partial %s'",
            feed.module,
            feed.name,
            done.broken,
            broken.pointer or broken.index,
            broken.message,
            source.id,
        )
