"""On what a declaration rests: how much of a report's real files has been seen, era by era."""

from datetime import date
from enum import Enum


class Evidence(Enum):
    """What the declared columns of an era rest on, the strongest first."""

    WHOLE = "whole real files"
    EXCERPTS = "excerpts of real files"
    NAMES = "names of columns only"
    DERIVED = "derivation"


WHOLE, EXCERPTS, NAMES, DERIVED = Evidence


def rests_on(*eras: tuple[str, Evidence]) -> tuple[tuple[date, Evidence], ...]:
    """Declare what the columns rest on, each from an operating day on."""
    return tuple((date.fromisoformat(since), evidence) for since, evidence in eras)
