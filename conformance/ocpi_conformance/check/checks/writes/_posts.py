"""Checks of objects that are posted: terminals, confirmations, records of invoices."""

from collections.abc import Iterator
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.check.writing.kinds import OWNER, STAMP, class_of
from ocpi_conformance.check.writing.pushed import with_steps
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import pushes
from ocpi_conformance.verdicts.comparison import Comparison, faults_of_differences

Data = dict[str, Any]


def _pairs(place: CheckedInterface) -> list[tuple[Operation, Operation]]:
    """Return what posts an object, each with what reads it; of CDRs there are other checks."""
    if place.module == "cdrs":
        return []
    posts = [one for one in place.operations.values() if one.creates and one.body is not None]
    return [(post, get) for post in posts for get in place.by_id() if _reads(post, get)]


def _reads(post: Operation, get: Operation) -> bool:
    own = tuple(one for one in get.segments if one.strip("{}") not in OWNER)
    return own[:-1] == post.segments


@check(pushes.POSTED, about=lambda place: bool(_pairs(place)))
def posted(place: CheckedInterface) -> Iterator[Outcome]:
    """Post an object of each kind, and read it."""
    for post, get in _pairs(place):
        place.session.begin()
        yield from with_steps(place, _posted(place, post, get))


def _posted(place: CheckedInterface, post: Operation, get: Operation) -> Iterator[Outcome]:
    kind = class_of(place.target.bundle, post)
    body: Data = place.writes.sample(place, kind)
    name = place.writes.name(place.version)
    own = next(one for one in post.new_names if one in body)
    body |= {own: name} | ({STAMP: place.writes.moment()} if STAMP in post.properties else {})
    ids = {one: body.get(one, name) for one in get.path_params}
    _delete(place, ids)
    named = kind.removesuffix("Creation")
    made = place.writes.note_posted(place, named, name, place.url(post))
    place.require(place.call(post, body=body))
    read = place.call(get, path=ids)
    if read.outcome is not Answered.ACCEPTED:
        wanted = f"the object, after {post.id} succeeded"
        yield Fault(pushes.POSTED, wanted, read.summary(), f"{post.id}: not there")
    else:
        found = Comparison(place.target.bundle).differences(post.sends, body, read.object)
        yield from faults_of_differences(pushes.POSTED, f"what {post.id} left there", found)
    if _delete(place, ids):
        made.end = "is deleted"


def _delete(place: CheckedInterface, ids: Data) -> bool:
    """Delete an object, where the interface has that; what is answered, other checks judge."""
    meant = (one for one in place.operations.values() if one.method == "DELETE")
    delete = next((one for one in meant if set(one.path_params) == set(ids)), None)
    if delete is None:
        return False
    sent = place.request(delete, path=ids)
    return place.session.probe(place.target, sent).answer.status == 200  # noqa: PLR2004 - OK
