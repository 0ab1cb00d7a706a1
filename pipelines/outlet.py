"""What an outlet says of itself around a text: its name, its slogan, its company, its own channels."""

import re
from functools import lru_cache

_NAME_PARTS = re.compile(r"[^\W_]+")
_GENERIC = re.compile(
    r"安全|网络|信息|科技|实验室|团队|中心|应急响应|平台|专业版|公众号|研究院|研究|数字|中国|国家|技术|社区|数据"
    r"|官方|情报|威胁|战队|互联网|计算机|人工智能|漏洞|攻防|关键基础设施|应急|工程|空间|响应|分析|软件|先进"
    r"|渗透测试|行业|工业"
)
_ABOUT_US = re.compile(
    r"^\W*(关于(我们|本刊|本号|作者所在.{0,6})|(公司|企业|产品|实验室|机构|平台|社区|期刊|杂志|学院|品牌"
    r"|公众号)(简介|介绍)|about(us)?|(team|company)introduction|团队介绍)\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*关\W?于\W*(?P<name>.{2,16}?)\W*$|^\W*(?P<of>.{2,16}?)(简介|介绍)\W*$")
_BODIES = (
    "公司|团队|实验室|社区|媒体|部门|企业|联盟|智库|研究院|研究中心|工程中心|中心|刊物|期刊|公众号"
    "|服务商|提供商|厂商|战队|国家队|漏洞库|平台|沙箱|领军者|领导者|引领者|开拓者"
)
_DESCRIBES = re.compile(
    rf"^[^，。]{{0,24}}?(致力于?|专注|成立于|创立于?|创办于?|隶属|起源于|坐落|秉承|始终(致力|专注)|一直|旨在"
    rf"|聚焦|由[^，。]{{2,24}}(主办|主管|运营|发起|负责|建设|组成)|(是|(?<!作)为)[^，。]{{0,40}}({_BODIES}|门户"
    rf"|产品线|系统))"
)
_IS_BODY = re.compile(
    rf"^[^，。]{{0,24}}?(致力于|专注于|成立于|创立于|创办于|隶属于|(是|(?<!作)为)[^，。]{{0,40}}({_BODIES}))"
)
_NEWS = re.compile(r"此次|本次|入选|荣获|表示|凭借|受邀|将(继续|持续|与|以)|展望|未来|党支部|近日|日前|发布")
_CONTINUES = re.compile(
    r"^\W*(我们|公司|团队|实验室|平台|中心|研究目标|研究方向|目前|凭借|自|作为|成员|多年来|主要|依托|通过|核心|旗下"
    r"|[^，。]{2,16}(是"
    r"|成立|致力|专注|拥有|依托|核心)).*(致力|专注|领先|领域|服务|提供|拥有|研究|旨在|客户|技术)"
)
_HINT = re.compile(
    r"致力|专注|成立|创立|创办|隶属|起源|坐落|秉承|始终|一直|旨在|聚焦|主办|主管|运营|公司|团队|实验室|平台|中心"
    r"|门户|媒体|社区|研究院|提供商|厂商|欢迎|关注|我们"
)
_SELF = ("公众号", "本公众号", "本号")
_INSTITUTE = re.compile(
    r"^[\w“”（）() -]{3,24}?(实验室|团队|研究院|战队)[\w“”]{0,8}?"
    r"(是.{2,40}(团队|部门|实验室|机构|战队)|专注于|致力于|成立于|由.{4,40}组成)"
    r"|^[^，。：:]{2,24}成立于\s?(19|20)\d\d\s?年.{0,40}(是一[家个支]|专注|致力)"
)
_BRACKETS = re.compile(r"[（(][^（）()]{0,80}[)）]")
_ANYBODY = re.compile(
    r"作者|译者|主编|讲师|嘉宾|本书|课程|产品|漏洞|组件|背景|项目|活动|会议|大会|赛事|论文|报告|工具|样本|组织|团伙"
    r"|案件|事件|规则|标准|政策"
)
_SLOGAN = re.compile(
    r"^\W*(国内(首个|首家|领先|唯一|知名)|(专注|聚焦|致力|深耕|服务|立足|立志)于?(?!的)|带你(一起)?|网罗|洞察"
    r"|用.{1,8}的?角度|传播.{2,8}(知识|资讯)|分享.{2,14}(知识|干货|意识|资讯)"
    r"|(做|成为).{0,8}最.{1,16}的|一个(有|专注|致力|用心|关注).{2,20}(团队|公众号|平台)|只(做|讲|谈|聊).{2,12}"
    r"|每天快人一步|全球最新)[^“”\"《》：:]{0,36}$"
    r"|(一手资讯|技术答疑|热点技术|最新资讯|研究战队|技术战队|资讯[！!]|快人一步)$"
)
_CHANNEL = re.compile(
    r"^\W*([\w. ]{0,14}(官方网站|官网|官方论坛|官方(微博|微信|账号)|微博账号|微信公众号|公众微信号|公众号|微信号"
    r"|视频号|知乎|微博|抖音|B站|twitter|medium|telegram|github|discord|facebook|linkedin|youtube"
    r"|contactme)|查看或搜索历史推送.{0,10})(\W.{0,40}|搜索.{0,30})?$",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"^\W*(https?://[\x21-\x7e]{4,80}$|(网站|网址|官网|电话|邮箱|地址|编辑部|投稿|联系电话|微信)[^，。]{0,6}[:：])"
)
_SITE = re.compile(r"^\W*(https?://)?(www\.)?[\w-]+(\.[\w-]+){1,3}/?\W*$")
_GREETS = re.compile(
    r"^\W*(嗨|哈喽|hi|hello|大家好|你好呀|各位.{0,6}好)[，,！!~～\s].{0,40}(欢迎|专注|关注|收藏)", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def stems(account: str) -> tuple[str, ...]:
    """What a text may call an outlet by: its whole name, and what is its own at its beginning."""
    whole = squeezed(account)
    own = _GENERIC.split(account, maxsplit=1)[0].strip().lower().split(" ")[0]
    return tuple(dict.fromkeys(name for name in (whole, own) if len(name) >= 2))


def squeezed(text: str) -> str:
    """A text's letters and digits alone, in lower case."""
    return "".join(_NAME_PARTS.findall(text)).lower()


def is_name(text: str, account: str) -> bool:
    """Whether a short line is nothing but the outlet's name."""
    if len(text) > 30:
        return False
    line = squeezed(text)
    return len(line) >= 2 and any(line == stem for stem in stems(account))


def heads_about(text: str, account: str) -> str | None:
    """Whose description a short line may head, empty for the outlet's; None when it is too long or a sentence."""
    if len(text) > 28 or text[-1] in "。！？；，：:":
        return None
    line = text.replace(" ", "")
    if _ABOUT_US.match(line):
        return ""
    found = _ABOUT.match(line)
    name = squeezed(found["name"] or found["of"] if found else text)
    return name if len(name) >= 2 and not _ANYBODY.match(name) else None


def is_about(text: str, names: tuple[str, ...], anybody: bool = False) -> bool:
    """Whether a paragraph begins with one of the names and says what its bearer is; `anybody` has to be a body."""
    if not _HINT.search(text):
        return False
    if not anybody and _INSTITUTE.match(text) and not _NEWS.search(text[:40]):
        return True
    start = squeezed(text[:48])
    for name in (*names, *_SELF):
        at = start.find(name) if name else -1
        if at == 0 or (1 < at < 4 and "公司" in start[at:]):
            found = (_IS_BODY if anybody else _DESCRIBES).search(_after(text, name))
            return found is not None and not _NEWS.search(start[at + len(name) :][:30])
    return False


def may_be_own(text: str) -> bool:
    """Whether a line is short or has a word of those that describe a body: the text itself goes on where it has not."""
    return len(text) <= 60 or _HINT.search(text) is not None


def _after(text: str, name: str) -> str:
    """What follows a name at the beginning of a text, without what stands in brackets after it."""
    left = len(name)
    for at, char in enumerate(text[:60]):
        left -= char.isalnum()
        if left <= 0 and name in squeezed(text[: at + 1]):
            return _BRACKETS.sub("", text[at + 1 : at + 160]).lstrip('”"》】」 ，,：:-')
    return ""


def is_part_of_name(text: str, account: str) -> bool:
    """Whether a short line is a part of the outlet's name, as where the name is set in two lines."""
    return len(text) <= 20 and len(line := squeezed(text)) >= 3 and line in squeezed(account)


def is_own_address(text: str) -> bool:
    """Whether a line is how to reach somebody: an address, a telephone, a mailbox."""
    return len(text) <= 90 and _REACH.match(text) is not None


def continues(text: str) -> bool:
    """Whether a paragraph goes on with a description that stands above it."""
    return _CONTINUES.match(text[:200]) is not None and not _NEWS.search(text[:30])


def is_slogan(text: str) -> bool:
    """Whether a short line says in a slogan's words what an outlet is there for."""
    return len(text) <= 45 and _SLOGAN.search(text) is not None


def is_channel(text: str) -> bool:
    """Whether a line names one of the outlet's own channels."""
    return len(text) <= 60 and _CHANNEL.match(text) is not None


def is_site(text: str) -> bool:
    """Whether a line is the address of a site as a whole."""
    return len(text) <= 60 and _SITE.match(text) is not None


def greets(text: str) -> bool:
    """Whether a line greets the reader in the outlet's name."""
    return len(text) <= 80 and _GREETS.match(text) is not None
