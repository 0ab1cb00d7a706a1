"""Why two texts that nothing keeps apart are one notice: how much of one must stand in the other."""

from notices.understood import Understood
from pipelines.attached import LITTLE, notice_part
from pipelines.guards import of_kind, titles, wording
from pipelines.overlap import Overlap, overlap, text_of

SOME = 0.25  # of the text alike: less is no reason to look further
NEARLY = 0.55  # of the text alike is enough, whatever the titles are
OTHER = 0.75  # of the text alike, where the titles name different documents
EDITED = 0.33  # of the text alike is enough where whole sentences were copied under a similar title:
COPIED = 0.75  # alike and copied together
BOTH = 1.6  # times as long as the shorter text the longer one may hold another text as well
LEAD = 0.15  # of the longer text may stand before a notice that it carries
BRIEF = 300  # characters: what an outlet adds around a shorter text outweighs it


def carried(a: Understood, b: Understood, found: Overlap) -> str:
    """Why two texts that nothing keeps apart are one notice; empty when they are not."""
    if a.article.account == b.article.account:
        return _sent_again(a, b, found)
    title = titles(a, b)
    if found.alike >= SOME and title >= 0.5 and _same_origin(a, b):
        return f"{found.alike:.0%} of the text in common, and one origin"
    other = of_kind(a, "doc") and of_kind(b, "doc") and title < 1
    small, large = found.sizes
    if found.alike >= (OTHER if other else NEARLY) and (title >= 0.25 or large < BOTH * small):
        return f"{found.alike:.0%} of the text in common"
    if other:
        return ""
    words = wording(a, b)
    edited = found.alike + found.copied >= COPIED and title >= 0.25 and (found.inside < 0.85 or title >= 0.5)
    if found.alike >= EDITED and (edited or (found.sizes[0] < BRIEF and words >= 0.9)):
        return f"{found.alike:.0%} of the text in common under a similar title"
    whole = found.inside >= 0.8 and found.copied >= 0.7 and title >= 0.5
    if found.start <= LEAD and (whole or (found.inside >= 0.7 and found.copied >= 0.5 and words >= 0.5)):
        return f"{found.inside:.0%} of the shorter text in the longer one"
    if title >= 0.1 and _passage(found):
        return "the shorter text is a passage of the longer one"
    return _attached(a, b, title)


def _same_origin(a: Understood, b: Understood) -> bool:
    """Whether one article names the other's outlet as its origin, or both name a third."""
    left, right = a.article.origin_account, b.article.origin_account
    return bool((left and left in (b.article.account, right)) or (right and right == a.article.account))


def _attached(a: Understood, b: Understood, title: float) -> str:
    """Why two texts are one notice when the attachments that either carries are left out; empty when they are not."""
    one, two = notice_part(a.article.body), notice_part(b.article.body)
    if len(one) == len(a.article.body) and len(two) == len(b.article.body):
        return ""
    found = overlap(text_of(one), text_of(two), SOME)
    small, large = found.sizes
    enough = EDITED if title >= 0.5 else OTHER
    if small >= LITTLE and found.alike >= enough and (title >= 0.5 or large < BOTH * small):
        return f"{found.alike:.0%} of the notice in common, without attachments"
    return ""


def _sent_again(a: Understood, b: Understood, found: Overlap) -> str:
    """Why two texts of one outlet are one notice: such texts share their frame, so their titles have to agree."""
    words, title = wording(a, b), titles(a, b, named=False)
    if of_kind(a, "digest") and of_kind(b, "digest"):
        enough = 0.9
    elif words >= 0.9:
        enough = 0.4
    else:
        enough = 0.9 if words < 0.25 else 0.8 if words < 0.5 else 0.6
    if found.alike >= enough:
        return f"{found.alike:.0%} of the text in common, sent again"
    if (of_kind(a, "digest") and of_kind(b, "digest")) or found.start > LEAD:
        return ""
    whole = found.inside >= 0.9 and found.copied >= 0.75 and title >= 0.5
    if whole or (found.inside >= 0.7 and found.copied >= 0.7 and words >= 0.5):
        return f"{found.inside:.0%} of the shorter text in the longer one, sent again"
    return ""


def _passage(found: Overlap) -> bool:
    """Whether the shorter text is the beginning or the better part of the longer one."""
    small, large = found.sizes
    begins = large <= 4 * small and found.start <= 0.03 and found.end <= 1.5 * small / large
    return found.inside >= 0.85 and (begins or (large <= 3 * small and found.spread >= 0.9))
