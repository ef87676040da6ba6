"""An obligation of the specification, and a fault that proves a rule, as in the files."""

from typing import Literal

import msgspec

from ocpi_conformance.rules import Needs, Strength

__all__ = ["FaultDescription", "Requirement"]

Obliged = Literal["any", "client", "server", "sender", "receiver", "cpo", "emsp", "hub"]
Version = Literal["2.0", "2.1.1", "2.2", "2.2.1", "2.3.0"]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A demand of the specification on a party that can be verified on the wire.

    Attributes:
        id: Chapter, full stop, name; never given to something else.
        text: What is demanded, in our own words.
        section: File and anchor below the folder of a version of the specification.
        sections: The same for versions in which it is elsewhere.
        strength: How strongly it is demanded.
        versions: Where it holds.
        roles: Who is obliged: ``client`` sends the request and ``server`` answers it, ``sender``
            and ``receiver`` are those of the module.
        document: What the bundles have of it: a class, ``Class.property``, an operationId,
            ``operationId?parameter``, ``header NAME``, ``security NAME`` or an HTTP status.
        rules: Ids of the rules that find a breach.
        faults: Names of the faults by which this was proved.
        reason: Why no rule finds a breach.
    """

    id: str
    text: str
    section: str
    strength: Strength
    versions: tuple[Version, ...]
    roles: tuple[Obliged, ...]
    sections: dict[Version, str] = {}
    document: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    reason: str = ""

    def section_in(self, version: str) -> str:
        """Return file and anchor in one version."""
        return next((one for at, one in self.sections.items() if at == version), self.section)


class FaultDescription(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a party was made to do wrong, to see that a rule finds it.

    Attributes:
        name: A few words.
        text: What the party does, in one sentence.
        rule: The id of the rule that must find it.
        versions: Where it was tried.
        roles: The role of the party: ``cpo``, ``emsp`` or ``hub``; ``client`` where the fault is in
            what it sends.
        modules: The modules in which it shows.
        found_by: The command of ``ocpi`` that found it.
        needs: What a check must be allowed to do, where that is more than its rule needs.
    """

    name: str
    text: str
    rule: str
    versions: tuple[Version, ...]
    roles: tuple[Literal["cpo", "emsp", "hub", "client"], ...]
    modules: tuple[str, ...] = ()
    found_by: Literal["check", "fuzz", "mock"] = "check"
    needs: Needs | None = None
