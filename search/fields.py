"""The one table of fields: their names in English and Chinese, and what a value of each may be."""

from notices.kinds import NoticeType

TEXT = ("title", "body", "attachments")
KEYWORDS = ("issuer", "account", "document", "number", "terms")
INSTANTS = ("published", "deadline")
FLAGS = ("open", "official", "changed")

ALIASES = {
    "标题": "title",
    "正文": "body",
    "附件": "attachments",
    "类型": "type",
    "机关": "issuer",
    "账号": "account",
    "文件": "document",
    "文号": "number",
    "发布": "published",
    "截止": "deadline",
}
NAMES = (*TEXT, *KEYWORDS, *INSTANTS, "type", "is")

TYPES = {
    "征求意见": NoticeType.CONSULTATION,
    "发布": NoticeType.ISSUANCE,
    "印发": NoticeType.ISSUANCE,
    "公告": NoticeType.BULLETIN,
    "通报": NoticeType.BULLETIN,
    "解读": NoticeType.INTERPRETATION,
    "申报": NoticeType.CALL,
    "汇编": NoticeType.ROUNDUP,
    "新闻": NoticeType.NEWS,
    "其他": NoticeType.OTHER,
} | {kind.value: kind for kind in NoticeType}


def field_name(text: str) -> str:
    """The field that a name or alias means, empty for any other text."""
    low = text.lower()
    return low if low in NAMES else ALIASES.get(text, "")
