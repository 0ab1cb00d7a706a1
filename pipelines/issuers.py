"""Issuers: the bodies in whose name a notice speaks."""

import re

from config.issuers import issuer_table
from notices.article import Article
from pipelines.bodies import Named, distinct, named_bodies
from pipelines.documents import without_documents
from pipelines.signature import signature

LEAD = 900  # characters at the beginning in which a report names who issued what

_ISSUES = re.compile(
    r"^(?:[（(][^）)\n]{0,20}[）)])?(?:等[^，。；\n]{0,12}(?:部门|单位|机构))?[^。；，\n《]{0,26}?"
    r"(?:印发|发布|公布|出台|起草|就《|对《|公开征求|征求|通报|部署|启动|开展|下达|批准|组织|制定|编制"
    r"|审议通过|推出|收到|收录|监测|发现|提醒|检测|处置|查处|关于|依据|按照|令)"
)
_FORMS = re.compile(
    r"^(?:为|根据|依据|按照|结合)[^。；\n]{4,180}?(?:起草|制定|修订|编制|研究)(?:起草|制定)?(?:形成)?了"
)
_CITED = re.compile(
    r"(?:根据|依据|按照|依照|落实|贯彻|经|报|向|归口的?|由|受|组织|委托|通过|对|与|登录|访问|进入|据|从|在"
    r"|至|寄|获)$"
)
_JOINS = re.compile(r"^(?:[、，和及与 \t\n]|会同|联合|以及|[（(]){1,3}$")


def issuers(article: Article, credited: str) -> tuple[tuple[str, ...], str]:
    """The issuing bodies in their order, and where they stand: signature, beginning, title, credit or account.

    Those that sign and the title's, else those that the text's beginning has issue it, else the title's; the credit's
    or the account's own name stands in where none of these says.
    """
    titled = [body.name for body in named_bodies(without_documents(article.title))]
    if signed := signature(article.body):
        return distinct(signed + titled), "signature"
    if lead := _lead(article.body[:LEAD]):
        return distinct(lead), "beginning"
    if titled:
        return distinct(titled), "title"
    for name, where in ((credited, "credit"), (article.account, "account")):
        outlet = issuer_table().outlets.get(name)
        if named := [outlet] if outlet else [body.name for body in named_bodies(name)]:
            return distinct(named), where
    return (), ""


def _lead(head: str) -> list[str]:
    """The subjects of the first sentence that has somebody issue something."""
    for line in head.split("\n"):
        bodies = list(named_bodies(without_documents(line)))
        if bodies and (subjects := _subjects(without_documents(line), bodies)):
            return subjects
    return []


def _subjects(line: str, bodies: list[Named]) -> list[str]:
    run: list[Named] = []
    for body in bodies:
        if run and not _JOINS.match(line[run[-1].end : body.begin]):
            if _is_subject(line, run):
                break
            run = []
        run.append(body)
    return [body.name for body in run] if run and _is_subject(line, run) else []


def _is_subject(line: str, run: list[Named]) -> bool:
    if _CITED.search(line[max(0, run[0].begin - 4) : run[0].begin]):
        return False
    rest = line[run[-1].end : run[-1].end + 260]
    return bool(_ISSUES.match(rest[:60]) or _FORMS.match(rest))
