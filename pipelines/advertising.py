"""Lines that belong to the outlet and not to the text: its interface, its calls, its staff, its notices."""

import re

_INTERFACE_WORDS = """
： ， 。 视频 小程序 赞 ，轻点两下取消赞 在看 ，轻点两下取消在看 分享 留言 听过 收藏 微信扫一扫 轻触阅读原文
轻触查看原文 向上滑动看下一个 知道了 使用小程序 取消 允许 分析 × 预览时标签不可点 关注该公众号 继续滑动看下一个
微信扫一扫可打开此内容， 使用完整服务 阅读原文 阅读全文 原创 修改于 已关注 重播 全屏 倍速 退出全屏
切换到竖屏全屏 切换到横屏模式 继续播放 播放 分享视频 转发 点赞 已同步到看一看 写下你的评论 写留言 更多 关闭
名称已清空 喜欢作者 赞赏 微信扫一扫赞赏作者 其它金额 赞赏后展示我的头像 作品 暂无作品 最低赞赏¥0 确定 返回
暂无留言 已无更多数据 发消息 写留言: 选择留言身份 该账号因违规无法跳转 编者荐语： 编者荐语 搜索 图片
素材来源官方媒体/网络新闻 点击蓝字关注我们 点击上方蓝字关注我们 蓝字 关注我们 关注 打印 字号 大中小 微博
QQ空间 复制链接
"""
_INTERFACE = frozenset(_INTERFACE_WORDS.split())
_PICTURE = re.compile(r"^(image-\d{8,}|\d{8,}[-_]?\d*\.(png|jpe?g|gif|webp))$", re.IGNORECASE)
_EDITOR = re.compile(  # the instructions that a layout editor's empty box holds
    r"^\W*(固定布局|工具条上设置固定宽高|背景可以设置被包含|可以完美对齐背景图和文字|以及制作自己的模板|以及用于模板制作|请输入(标题|正文|内容)|此处输入(标题|正文|内容))\W*$"
)
_END = re.compile(r"^\W*(the\s?)?(end|完|全文完|正文完|结束|fin)\W*$", re.IGNORECASE)

# What a line with these words says is too likely to be the text itself, whatever else stands in it.
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.]|第.{1,4}条")
_KEEPS = re.compile(
    r"意见|反馈|征求|附件|截止|联系人|传真|公示|举报|监督|攻击|钓鱼|诱导|诈骗|恶意|受害|不要|谨慎|随意|陌生|漏洞|黑客|用户|；$"
)
_MAGAZINE = re.compile(
    r"邮发代号|征订(热线|电话|咨询)|订阅热线|扫码订阅|订阅《|杂志.{0,6}(抖音|视频)号|》杂志倾[力情]推|企业成长计划"
    r"|(合作|商务|广告|渠道|报料|爆料)(咨询|联系|热线|电话|微信|邮箱|信箱|联络)(方式|邮箱|电话|微信|人)?([:：/|丨\d]|$)"
    r"|^\W*(商务|渠道|广告|稿件|媒体|品牌|内容)合作(咨询|联系|请|微信|电话|邮箱|及|[，、:：/|丨]|$)"
    r"|(粉丝|读者|福利|交流|讨论|微信|技术|学习|社)群.{0,8}(开放|来了|加入|进群|二维码|等你|成立)"
    r"|(加入|加|进|入|拉).{0,14}(交流|粉丝|读者|福利|微信|讨论|学习|技术|学术|读书|QQ)(群|圈)"
    r"|(群|星球|圈子).{0,6}(优惠|续费|扫码|等你|见！)|续费.{0,4}优惠|越早加入|试用(地址|链接|申请|入口)"
    r"|加.{0,12}好友.{0,4}进群|不定期(派送|发放|赠送)"
    r"|知识星球.{0,16}(加入|下载|资料|二维码|扫码|汇编|一览|优惠|$)|(加入|扫码|识别|上传|分享至|欢迎).{0,24}知识星球"
)
_PAPERS = re.compile(
    r"(投稿|稿件|征稿|来稿)(咨询|联系|热线|电话|微信|邮箱|信箱|方式|联络){1,2}|^\W*(欢迎)?(投稿|来稿)\W"
)
_FOLLOW = re.compile(
    r"^\W*(关注|订阅|欢迎关注|长按关注)\W*$|(关注|订阅)(我们|我吧|本号|本?公众号|该公众号|官方?微信|一下)"
    r"|(?<!重点)(?<!持续)(?<!密切)(?<!高度)(关注|订阅).{0,16}(公众号|视频号|抖音号|订阅号|服务号|官微)"
    r"|(点击|戳|长按|扫码|扫一扫|欢迎|赶快|赶紧|快来|记得|动动|[←↑👆👇]).{0,14}(关注(?![量度点])|订阅(?!量))"
)
_SHARE = re.compile(
    r"(点|求|来|给|戳|球)(一?个|下)[ “\"「『【]{0,2}(赞|在看|分享|三连|收藏|转发|关注)"
    r"|[求球](赞|点赞|分享|在看|转发|三连)"
    r"|一键三连|点.{0,3}三连|(好看|喜欢|觉得不错|有用|有帮助|有收获).{0,16}(分享|点个|点赞|转发|在看|点“)"
    r"|^\W*(分享|点赞|收藏|转发|在看|留言|评论|关注|赞|点在看)"
    r"(\W*(分享|点赞|收藏|转发|在看|评论|留言|关注|朋友圈|赞|到|和|与|给|更多的?人|小伙伴|好友))*\W*$"
)
_CALL = re.compile(
    r"^\W*(请|欢迎|快|赶紧|速速?|立即|马上|现在|可以?|大家|即可|感兴趣的?.{0,6}可?)?"
    r"(点击|点|戳|猛戳|轻触|长按|扫码|扫一扫|扫描|识别|微信搜索|搜索|添加)\W{0,4}"
    r"(上方|下方|左下|右下|右上|文末|文中|底部|图片|图中|这里|此处|链接|蓝字|卡片|名片|二维码|下面|下图|上图|微信|阅读|原文"
    r"|话题|关注|在看|小程序|头像|箭头|按钮|订阅|即可|了解|查看|预约|报名|免费|领取|加入|直达|进入|立即|识别|进群|入群"
    r"|观看|看|添加|咨询|获取|参与|试用|购买|公众号|更多|全文|↓|上|下)"
    r"|(扫码|扫一扫|(扫描?|长按|识别|打开).{0,10}(二维码|小程序)|长按识别)"
)
_DOES = re.compile(r"点击|点|长按|下载|进入|打开|选择|搜索|添加|输入|登录|返回|找到")
_OFFERS = re.compile(r"二维码|扫码|扫一扫|公众号|视频号|原文|在看|蓝字|群|星标|卡片|名片|报名|预约|领取|小程序|福利")
_ORIGINAL = re.compile(r"(阅读|查看|点击|戳)\W{0,3}(原文|全文)|^[^《]{0,24}[↓👇⬇▼➡👉]\W*$")
_NOTICE = re.compile(
    r"^\W*((版权|免责)?(声明|所有)?[:：]?|本文|文章|本平台|本号|注[:：])?.{0,24}转载\W{0,2}(请|须|需|时|敬请|务必)"
    r"|^\W*(如需|如欲|如要|若需|若要|需要|凡|欢迎|禁止|谢绝|严禁|申请)转载|禁止转载"
    r"|^\W*(版权所有|本文|本号|文章|声明)?\W{0,2}未经.{0,14}(授权|许可|允许|同意).{0,16}(转载|摘编|摘录|镜像)"
    r"|(不代表|仅代表|只代表).{0,24}(观点|立场)"
    r"|[如若有及嫌].{0,4}侵权.{0,6}(请|烦|立即|可|联系|删).{0,10}(联系|删|告知|处理|后台)"
    r"|^\W*本文(由|为|系).{0,24}(原创(发布|文章|作品)|独立观点)|译文仅供参考|^\W*版权(声明|所有)\W*$"
)
_STAFF = re.compile(
    r"^\W*(题图|头图|首图|封面图?|图片|配图|图源)(来源|出处|素材)?\s*(自|于)?\s*([:：丨|｜/]|网络).{0,30}$"
    r"|^\W*((责任|值班|文字|新媒体|栏目|执行|本期)?编辑|责编|校对|校审|排版|美编|制图|视觉设计)\s*[|丨｜:：/∣┃].{0,50}$"
    r"|^\W*(终审|初审|复审|监制|运营|审核|审校)\s*[|丨｜:：/∣┃][\s\w、/|丨&]{1,14}$"
    r"|(本文|全文)\W{0,2}(共|约|共计)?\s?\d+\s?字.{0,12}(阅读|预计|时间)|阅读(时间|时长|大?约)\D{0,8}\d+\s?分钟"
)
_HINT = re.compile(
    r"[邮订稿群圈球杂料费转授许侵译版禁图编责校排美终初复监审视字关赞看享连藏点戳触扫码识别搜添文↓👇⬇▼➡👉阅原]"
    r"|合作|商务|企业成长|越早加入|试用|不定期|代表|运营"
)
_MAGAZINE_HINT = re.compile(r"[邮订稿群圈球杂料费]|合作|商务|企业成长|越早加入|试用|不定期")
_NOTICE_HINT = re.compile(r"[转授许侵译版禁]|代表|独立观点|原创")
_STAFF_HINT = re.compile(r"[图编责校排美终初复监制运审视字]|阅读")
_SHORT_HINT = re.compile(r"[关订赞看享连藏转点戳触扫码识别搜添文↓👇⬇▼➡👉]")

# Each rule with the longest line, in characters without spaces, that it may judge: longer ones are prose.
_LONG_RULES = ((100, _MAGAZINE_HINT, _MAGAZINE), (130, _NOTICE_HINT, _NOTICE), (70, _STAFF_HINT, _STAFF))
_SHORT_RULES = ((48, _FOLLOW), (36, _SHARE), (56, _CALL), (50, _ORIGINAL))
_LONGEST = 160


def is_interface(text: str) -> bool:
    """Whether a line is a word of WeChat's or a site's interface, or marks the end of a text."""
    if len(text) > 32:
        return False
    if text.isascii():
        return _END.match(text) is not None or _PICTURE.match(text) is not None
    if len(text) <= 24 and (text.replace(" ", "") in _INTERFACE or _END.match(text)):
        return True
    return _EDITOR.match(text) is not None


def is_end(text: str) -> bool:
    """Whether a line says that the text is over."""
    return len(text) <= 24 and _END.match(text) is not None


def is_notice(text: str) -> bool:
    """Whether a line is a notice about reprinting, rights or opinions."""
    return len(text) <= 130 and _NOTICE.search(text) is not None


def is_for_papers(text: str) -> bool:
    """Whether a line says where to send papers."""
    return len(text) <= 100 and "稿" in text and _PAPERS.search(text) is not None


def is_advertising(text: str) -> bool:
    """Whether a line calls to follow, share, join or buy, names an outlet's staff, or is a notice on rights."""
    if len(text) > _LONGEST or not _HINT.search(text) or _NUMBERED.match(text):
        return False
    if " " in text:
        text = text.replace(" ", "")
    length = len(text)
    for longest, hint, rule in _LONG_RULES:
        if length <= longest and hint.search(text) and rule.search(text):
            return True
    if length > 56 or not _SHORT_HINT.search(text) or _KEEPS.search(text):
        return False
    return any(length <= longest and rule.search(text) for longest, rule in _SHORT_RULES)


def is_step(text: str) -> bool:
    """Whether a list item may tell what to do in a program: it names no outlet to follow and no code to scan."""
    return len(text) <= 56 and _DOES.match(text) is not None and not _FOLLOW.search(text) and not _OFFERS.search(text)


def is_protected(text: str) -> bool:
    """Whether a line holds words that make it too likely to be of the text."""
    return _KEEPS.search(text) is not None or _NUMBERED.match(text) is not None
