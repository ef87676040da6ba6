"""POST of an object, GET where it then is, POST once more: it never changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ocpi_conformance.fuzz.align import Parts
from ocpi_conformance.fuzz.findings import Fault
from ocpi_conformance.fuzz.sequences.story import Cut, Scene, Story
from ocpi_conformance.fuzz.surface import Described
from ocpi_conformance.fuzz.trial import Outcome, Trial
from ocpi_conformance.fuzz.wire import Sent

__all__ = ["Posts", "find_posts"]

_LOCATION = "location"
_MOST = 5


@dataclass(frozen=True, slots=True)
class Posts:
    """The sequence for objects that are posted once.

    Attributes:
        post: Creates one.
        get: Reads it at the URL that the answer gave.
    """

    post: Described
    get: Described
    kind: str = "post, get, post again"

    @property
    def operation(self) -> Described:
        """What the sequence is named by."""
        return self.post

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""
        return 6

    def play(self, story: Story, draw: Any) -> None:
        """Go through it once."""
        first = story.drawn(self.post, draw, {})
        trial = story.must(story.ask(self.post, first))
        url = self._place(story, trial)
        self._read(story, url, first.body, "cdr-differs", "what was posted")
        again = story.ask(self.post, first)
        if again.outcome is Outcome.ACCEPTED and self._place(story, again) != url:
            wanted = f"Location: {url}, or a refusal, since it was posted before"
            story.blame(self.post, Fault("cdr-twice", wanted, again.said(), severity="warning"))
        self._read(story, url, first.body, "cdr-changed", "what was posted first")
        other = self._other(story, draw, first)
        story.ask(self.post, other)
        self._read(story, url, first.body, "cdr-changed", "what was posted first")

    def finish(self, scene: Scene) -> None:
        """Nothing is left to be done."""

    def _other(self, story: Story, draw: Any, first: Parts) -> Parts:
        drawn = story.drawn(self.post, draw, {})
        own = next(name for name in ("id", "uid") if name in first.body)
        return replace(drawn, body={**drawn.body, own: first.body[own]})

    def _place(self, story: Story, trial: Trial) -> str:
        """Return the URL of the new object; it must be one that the token may be sent to."""
        url = trial.exchange.answer.headers.get(_LOCATION, "")
        if not url:
            raise Cut  # which answer-header tells
        called = trial.exchange.sent.url
        if urlsplit(url)[:2] != urlsplit(called)[:2]:
            wanted = f"Location: a URL at {called}"
            story.blame(self.post, Fault("cdr-location", wanted, f"Location: {url}"))
        return url

    def _read(self, story: Story, url: str, wanted: Any, rule: str, what: str) -> None:
        session = story.scene.session
        trial = story.send(self.get, Sent("GET", url, session.headers(self.get)))
        if trial.outcome is not Outcome.ACCEPTED:
            fault = Fault("cdr-location", f"{what}, where Location points", trial.said())
            story.blame(self.get, fault)
        found = (trial.envelope or {}).get("data")
        faults = story.scene.compare.differences(self.post.sends, wanted, found)
        if faults:
            story.blame(self.get, Fault(rule, what, "; ".join(faults[:_MOST])))


def find_posts(scene: Scene) -> Iterator[Posts]:
    """Find what is posted and then stands at the URL of a Location header."""
    operations = scene.session.operations
    for post in operations:
        given = {name.lower() for name in post.answer_headers.get(201, ())}
        gets = [one for one in operations if one.method == "GET" and len(one.path_params) == 1]
        if post.creates and _LOCATION in given and gets:
            yield Posts(post, gets[0])
