"""Findings: what a reader of the report should know, each under the name of a check (see `core.severity`)."""

from dataclasses import asdict, dataclass, field
from typing import NotRequired, TypedDict

EXAMPLES = 5  # kept of what was found
OF_ENTITIES = "between first and last appearance"  # in the message of a gap that single entities have


class FindingRecord(TypedDict):
    """A finding as JSON. It has a severity only where it has been read for the report, see `core.severity.graded`."""

    dataset: str | None
    year: int | None
    check: str
    count: int
    message: str
    examples: list[str]
    about: NotRequired[str]
    severity: NotRequired[str]


def is_of_entities(message: str) -> bool:
    """Say whether a gap is what single entities lack; its message has no other mark, and is a part of the contract."""
    return OF_ENTITIES in message


@dataclass(frozen=True)
class Finding:
    """One thing that a reader of the report should know."""

    dataset: str | None
    year: int | None
    check: str
    count: int
    message: str
    examples: list = field(default_factory=list)
    about: str | None = None  # in what findings of one check differ apart from numbers: a reason, a column

    def to_json(self) -> FindingRecord:
        """Return the finding under the report's keys, without its severity."""
        content = asdict(self)
        content["examples"] = [str(example) for example in self.examples]
        if self.about is None:
            del content["about"]
        return content


def line_of(finding: dict) -> str:
    """Write a finding as one line; what is about no dataset or no year is about the whole tree or all years."""
    place = " ".join(str(part) for part in (finding["dataset"], finding["year"]) if part) or "whole tree"
    return f"{finding['severity']}: {place}: {finding['check']}: {finding['message']}"
