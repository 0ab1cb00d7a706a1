"""Where the official sites put the parts of an article; a new site is a new entry and its recorded pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """One regulator's site: CSS selectors, the first that finds something counts.

    `account` is the outlet's name. `time` is what the page prints, `files` are boxes beside the text that list files.
    `strict` sites never become an article without their text element: another layout is an `error`, so that a changed
    layout is never taken for a changed text. `listed_first` says that the list's day is better than the page's metas,
    `listed_title` that its title is, `root` that relative links to files start at the site's root.
    """

    hosts: tuple[str, ...]
    account: str
    text: tuple[str, ...]
    title: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    strict: bool = True
    listed_first: bool = False
    listed_title: bool = False
    root: bool = False


MIIT = Site(
    hosts=("miit.gov.cn",),
    account="工业和信息化部",
    text=("#con_con", "div.ccontent"),
    title=("#con_title",),
    time=("#con_time",),
    source=(".cinfo span:contains(来源)",),
    listed_first=True,  # PubDate may differ from the printed time by a day
)
CAC = Site(
    hosts=("cac.gov.cn",),
    account="国家互联网信息办公室",
    text=("#BodyLabel",),
    title=("h1.title", ".main-title h1"),
    time=("#pubtime",),
    source=("#source", ".info span:contains(来源)"),
    root=True,
)
TC260 = Site(
    hosts=("tc260.org.cn",),
    account="全国网络安全标准化技术委员会",
    text=("div.info", "div.advice-c", "div.content-box"),
    title=(".detail-title", "h1", ".title", "h3"),
    time=(".detail-time", ".time"),
    files=("div.list", "ul.list-group", "div.attach"),
    listed_title=True,
)
SAMR = Site(
    hosts=("samr.gov.cn",),
    account="国家市场监督管理总局",
    text=(".Three_xilan_07", ".zt_xilan_07", "#zoom"),
    title=(".Three_xilan_02", ".zt_xilan_03"),
    time=(".Three_xilan_04", ".zt_xilan_05"),
    files=("ul.contentLeft0102box",),
)
MOHURD = Site(
    hosts=("mohurd.gov.cn",),
    account="住房和城乡建设部",
    text=(".editor-content",),
    title=("h1.title", ".editorContent-title"),
    files=(".editorContent-download",),
    listed_title=True,  # the page's own breaks it with a blank
)
MOT = Site(
    hosts=("mot.gov.cn",),
    account="交通运输部",
    text=("#article-content .view", "#article-content", ".TRS_UEDITOR"),
    title=("h1.article-title",),
    time=(".publish-date",),
    source=(".article-meta .source",),
    files=("#article-content",),
)
NDRC = Site(
    hosts=("ndrc.gov.cn",),
    account="国家发展和改革委员会",
    text=(".article_con", ".TRS_Editor", ".article"),
    title=(".article_title", "h1", "h2"),
    time=(".time", ".article_time"),
    source=(".ly", ".laiyuan"),
    files=(".attachment", ".article_l"),
    strict=False,
)
GOV = Site(
    hosts=("www.gov.cn",),
    account="中国政府网",
    text=("#UCAP-CONTENT", ".pages_content"),
    title=("h1#ti", ".article h1", "h1"),
    time=(".pages-date",),
    source=(".pages-date .font:contains(来源)", ".pages-date span:contains(来源)"),
)
NDA = Site(
    hosts=("nda.gov.cn",),
    account="国家数据局",
    text=("div.article",),
    title=("h1",),
    time=("li.time", "li.date", ".article-info"),
    source=("li.source",),
    listed_title=True,
)
OSCCA = Site(
    hosts=("oscca.gov.cn", "sca.gov.cn"),
    account="国家密码管理局",
    text=("#UCAP-CONTENT", ".article-content", ".TRS_Editor", "#content", "#zoom"),
    title=("h1", ".article-title"),
    time=(".article-time", ".time", ".date"),
    strict=False,
    listed_title=True,
)
SITES = (MIIT, CAC, TC260, SAMR, MOHURD, MOT, NDRC, GOV, NDA, OSCCA)


def site_of(host: str) -> Site | None:
    """The entry of a host; None for a site nobody described."""
    for site in SITES:
        if any(host == name or host.endswith("." + name) for name in site.hosts):
            return site
    return None


def is_own(site: Site, host: str) -> bool:
    """Whether a host is the site itself: what stands beside it (gkml., std., xxgk.) has templates of its own."""
    return host.removeprefix("www.") in {name.removeprefix("www.") for name in site.hosts}
