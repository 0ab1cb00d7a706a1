"""Link: what two notices about one draft or rule are to each other, and what keeps two of them in different matters."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ROUND = 20  # days within which two dates of one comment period may be reported differently
SAME_ROUND = 90  # days within which notices of one draft are of one consultation, where a date is missing
EXTENDS = 200  # days after a notice in which its period is extended
EDITION = 120  # days within which the final text is reported
BECOMES = 1_100  # days in which a draft becomes a final text
BEFORE = 3  # days that a final text may seem to be older than its draft
SHORT = 8  # characters of a name: what is shorter needs an issuer in common
GENERAL = 12  # characters of a name: two bodies may have a rule of that name, what is longer is one
WORDING = 0.4  # of two titles alike, where a link between two pages is all there is


class Stage(StrEnum):
    """How far the draft or rule had come that a notice is about."""

    DRAFT = "draft"
    EXTENSION = "extension"
    FINAL = "final"


class Kind(StrEnum):
    """What a link says; `REPORT` joins a notice and the news of it, or two reports."""

    ADDRESS = "second address"
    JOINT = "joint issuer's copy"
    REPORT = "report"
    EXTENSION = "extension"
    FINAL = "final text"
    NUMBER = "document number"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which matter a notice belongs to.

    `key` is the canonical article's; `names` are the documents that the notice is about, in normal form, the main one
    first, and `several` how many its title counts; `issuers` are bodies, departments counted as theirs; `addresses`
    are its carriers' identities, `leads` those that they lead to; `settled` says that a person set the period's end.
    """

    key: str
    stage: Stage
    title: str
    names: tuple[str, ...] = ()
    several: int = 0
    number: str = ""
    issuers: tuple[str, ...] = ()
    local: bool = False
    published: date | None = None
    end: date | None = None
    settled: bool = False
    again: bool = False
    issues: tuple[str, ...] = ()
    official: bool = False
    host: str = ""
    addresses: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A link between two notices; `strength` up to 1000, `why` in a few words."""

    kind: Kind
    strength: int
    why: str


def relate(a: Facts, b: Facts) -> Tie | None:
    """The link of two notices, the same for (a, b) and (b, a); None when there is none."""
    if apart(a, b):
        return None
    name = shared_name(a, b)
    if a.number and a.number == b.number and (name or not (a.names and b.names)):
        return Tie(Kind.NUMBER, 980, f"both bear the number {a.number}")
    if (tie := _linked(a, b, name)) is not None:
        return tie
    if name and _one_issuer(a, b, name):
        return _named(a, b, name)
    if a.title == b.title and a.stage is b.stage and len(a.title) >= 12 and _days(a, b) <= SAME_ROUND:
        return Tie(_kind(a, b), 900, "the same title")
    return None


def apart(a: Facts, b: Facts) -> str:
    """Why two notices are never of one matter, whatever links them to others; empty when nothing keeps them apart."""
    if a.issues and b.issues and not set(a.issues) & set(b.issues) and a.issues[0][:1] == b.issues[0][:1]:
        return "another issue or batch"
    name = shared_name(a, b)
    other = a.issuers and b.issuers and not set(a.issuers) & set(b.issuers)
    if name and other and (len(name) < GENERAL or a.local or b.local):
        return "a document of that name by another body"
    if {a.stage, b.stage} == {Stage.FINAL}:
        far = _days(a, b) > EDITION and not (a.number and a.number == b.number)
        return "another edition" if far else ""
    if Stage.FINAL in (a.stage, b.stage):
        return _edition(*sorted((a, b), key=lambda one: one.stage is Stage.FINAL))
    return "another round of comments" if _other_round(a, b) else ""


def shared_name(a: Facts, b: Facts) -> str:
    """The document that two notices are about; one that is merely among several of the other is not."""
    if not a.names or not b.names:
        return ""
    if a.names[0] == b.names[0]:
        return a.names[0]
    common = [name for name in a.names if name in b.names]
    if common and 2 * len(common) >= max(len(a.names), len(b.names), a.several, b.several):
        return min(common)
    return ""


def _edition(draft: Facts, final: Facts) -> str:
    """Why a draft is not the one that became a final text."""
    if draft.published is None or final.published is None:
        return ""
    days = (final.published - draft.published).days
    if days < -BEFORE:
        return "the draft of a later edition"
    return "too long after the draft" if days > BECOMES else ""


def _other_round(a: Facts, b: Facts) -> bool:
    if a.end and a.end == b.end:
        return False
    days = _days(a, b)
    if a.stage is not b.stage:  # an extension and what it extends
        late, early = (a, b) if a.stage is Stage.EXTENSION else (b, a)
        if late.published and early.published and (late.published - early.published).days < -BEFORE:
            return True
        return days > EXTENDS
    if a.again != b.again and not (a.names and days <= BEFORE):
        return True
    return days > (ROUND if a.end and b.end else SAME_ROUND)


def _linked(a: Facts, b: Facts, name: str) -> Tie | None:
    """A page that names or links to the other.

    Without a document in common it has to lead to an official page of like wording that is about no other document: an
    outlet links to its own earlier texts, whose titles are all alike.
    """
    there, back = set(a.leads) & set(b.addresses), set(b.leads) & set(a.addresses)
    if not (there or back):
        return None
    official = (there and b.official) or (back and a.official)
    if not name and (not official or (a.names and b.names) or wording(a.title, b.title) < WORDING):
        return None
    if a.stage is not b.stage:
        return Tie(_named(a, b, name).kind, 940, "one page links to the other")
    return Tie(Kind.LINK, 960, "one page links to the other")


def _one_issuer(a: Facts, b: Facts, name: str) -> bool:
    return len(name) >= SHORT or bool(set(a.issuers) & set(b.issuers))


def _named(a: Facts, b: Facts, name: str) -> Tie:
    days = _days(a, b)
    about = f"《{name}》" if name else "one document"
    if Stage.FINAL in (a.stage, b.stage) and a.stage is not b.stage:
        return Tie(Kind.FINAL, 600 - min(days, BECOMES) // 3, f"draft and final text of {about}")
    if a.stage is not b.stage:
        return Tie(Kind.EXTENSION, 780 - min(days, EXTENDS), f"more time for {about}")
    if a.end and a.end == b.end:
        return Tie(_kind(a, b), 920 - min(days, SAME_ROUND), f"{about}, comments until {a.end}")
    return Tie(_kind(a, b), 880 - min(days, EDITION), f"{about}, the same stage, {days} days apart")


def _kind(a: Facts, b: Facts) -> Kind:
    if not (a.official and b.official):
        return Kind.REPORT
    return Kind.ADDRESS if a.host == b.host else Kind.JOINT


def _days(a: Facts, b: Facts) -> int:
    return abs((a.published - b.published).days) if a.published and b.published else 0


def wording(one: str, two: str) -> float:
    """How much two titles in normal form have in common, from 0 to 1."""
    left, right = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, two))
    return len(left & right) / max(min(len(left), len(right)), 4)
