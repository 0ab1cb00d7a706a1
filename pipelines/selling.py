"""Lines that sell: paid circles, courses, groups and gifts for readers, and notices that shift all risk to them."""

import re

_LONGEST = 420  # characters: paid circles describe themselves at length
_LONGEST_NOTICE = 280
_REPORT = 40  # characters before the first sentence that sells: so much is text of its own

# One of these is enough: no report speaks to its reader like that.
_SELLS = re.compile(
    r"早鸟(价|票)?\W{0,2}\d|享.{0,6}早鸟|早鸟价(专属|限时|疯抢)|早鸟票(优惠|仅需)|\d元?(的|现金)?优惠[券卷]"
    r"|永久买断|(后续|人)涨价|[续繼][费費].{0,4}折"
    r"|推出了.{0,20}订阅服务，以便|支持.{0,10}订阅服务[：:]|服务订阅[。！]|免费开放限时"
    r"|点击.{0,2}阅读原文，.{0,40}(订阅|查询|登录|关注)"
    r"|进入(官网|官方网站).{0,4}查看|长期招新|^\W*招新\s*[|｜]"
    r"|^\W*请?(继续|持续)?关注.{1,14}[，,](及时|第一时间)?(获取|了解).{0,6}(更多|最新)"
    r"|(教程|视频|课程).{0,40}感兴趣的.{0,3}(童鞋|小伙伴|朋友|同学)|特惠期间|抢先预定|小报童|电子报刊|招新小广告"
    r"|招收大佬|招募队友"
    r"|星球.{0,10}(门票|汇聚了|入驻|陪伴群|大咖|福利|专题栏目|有问必答)|(知识|安全|审计)星球\W{0,3}(【|—|：|是您"
    r"|聚焦|分享平台)"
    r"|(加入|欢迎|订阅|关注|续费)(我们的?|我的|本|该|到|[\w.]{2,16}的)?.{0,10}(知识星球|星球|报刊|小密圈)([^\w，。]"
    r"|$|一起|吧|啦|中)"
    r"|(会员|成员|粉丝|专属).{0,6}(陪伴|交流|微信|福利)群|(专属|粉丝|读者|文末|星球|惊喜)福利|回馈.{0,6}(粉丝|读者"
    r"|您)"
    r"|(火热|正在|限时|限量|马上|即刻|立即|赶紧|赶快|快来|速速?|点击).{0,4}(报名|抢购|抢票|购票|学习🛒|入群)([^\w]"
    r"|加入|参与|吧|啦|$)"
    r"|(课程|报名|购买|商务|产品|试用)咨询[^\w]{0,3}(请)?(添加|加|联系|扫|微信|$)|点此(电话)?咨询|购课须知|(添加"
    r"|加).{0,6}(小助手|客服|管理员|笔者|小编).{0,4}微信"
    r"|(添加|加).{0,8}微信.{0,16}(进群|入群|领取|备注|邀请|拉你)|微信.{0,6}(拉你|邀请您?|拉)(进|加入|入).{0,6}群"
    r"|扫码.{0,10}(进群|入群|领取|抢票|订购)"
    r"|(公众号|后台|对话框|聊天框)[^\w]{0,2}(内|里|中|留言|直接)?.{0,4}(回复|发送|输入|消息).{0,24}(获取|领取|下载"
    r"|即可|资讯|加入)"
    r"|设(置)?[为成]?\W{0,3}星标|免费领取.{0,16}(教程|资料|礼|报告|课|书|PPT)|领取.{0,10}(教程|礼包|福利|大礼"
    r"|电子书)|关 ?注 ?有 ?礼|教程(合集)?.{0,4}自取|评论功能现已开启"
    r"|技术交流\W{0,2}(请|可)?(加|添加)|更多(精品|优质)课程|观看更多精彩|精彩不容错过|干货不迷路|不错过.{0,10}推送"
    r"|(以防|避免).{0,6}失联|(?<!重)点关注\W{0,2}$"
    r"|感谢(各位)?(读者|粉丝|大家).{0,12}本(公众)?号|欢迎(来到|光临|收听).{0,3}[“\"《「【].{2,16}[”\"》」】]|(想"
    r"|欲)?(了解|获取|知道).{0,4}更多(安全)?(干货|资讯|精彩|福利)"
    r"|欢迎.{0,12}(私信|戳我|勾搭|撩)|(分享|转发).{0,8}(朋友圈|社群).{0,16}(抽奖|领取|获取|截图)|进群.{0,6}(免费"
    r"|领取|有机会)"
)
# Three different words of the trade, one of them said to the reader: a report may use one or two of them.
_TO_READER = re.compile(
    r"师傅们|小伙伴|星球|社群|交流群|入群|进群|干货|扫码|扫描下方|下方二维码|欢迎加入|赶紧|赶快|抓紧|加微信|微信号"
    r"|越早|心动|不要犹豫|别再犹豫|还在等什么"
)
_TRADE = re.compile(
    rf"{_TO_READER.pattern}|优惠|限时|原价|现价|福利|大咖|小白|超值|划算|名额|报名|手把手|助教|答疑|录播|直播间"
    rf"|讲师|学员|订阅|领取|赠送|抽奖|好礼|礼品"
)
_SHORT = 160  # characters within which words of the trade are counted
_ASIDE = re.compile(r"[（(\[【][^（）()]{0,40}(回复|关注)[^（）()]{2,60}[)）]")
_SELLS_HINT = re.compile(  # in whatever _SELLS finds: looked for first, which takes a thirteenth of the time
    r"早鸟|，及时获取|，获取更多|，了解更多|优惠|买断|涨价|费.{0,4}折|費.{0,4}折|特惠|预定|小报童|报刊|招新|招收"
    r"|招募|星球|小密圈|交流群|进群|入群"
    r"|陪伴|福利|回馈|报名|抢购|抢票|购票|咨询|购课|微信|扫码|后台"
    r"|公众号|对话框|聊天框|星标|领取|有 ?礼|自取|评论功能|技术交流|精品课程|优质课程|精彩|干货|推送|失联|点关注"
    r"|感谢|欢迎|更多安全|更多资讯|更多福利|私信|朋友圈|小伙伴"
    r"|订阅服务|服务订阅|免费开放|阅读原文，|进入官|感兴趣的|师傅们|赶紧|赶快|抓紧|二维码|心动|犹豫|越早|社群|学习🛒"
)
_RISK = re.compile(
    r"(本文|此文|文中|文章内?|以下内容|(本|该)公众号|[本此该](安全)?公告|安全公告|[本此该](工具|项目|课程|程序"
    r"|脚本)).{0,140}"
    r"((均|全部|一切)?由(使用者|读者|用户|行为人|个人|使用人)[^，。]{0,6}(负责|承担)|(概不|不为此|不|不对此)(负责"
    r"|承担)(任何|一切|法律|全部)?.{0,8}(责任|后果)|不对因.{0,60}负责|后果自负|后果与.{0,12}无关)"
    r"|(仅供|仅用于|仅限于?|只为|请勿(用于|利用|将)).{0,60}(禁止|请勿|不得|切勿|后果|非法|违法).{0,60}(用于|用途"
    r"|责任|测试|自负|自行承担|操作|行为)"
    r"|^\W*(一般)?免责声明\W*$|修改和解释权.{0,30}(转载|传播)|^\*?本文(档)?内容.{0,60}不对其真实性"
)
_RISK_HINT = re.compile(r"负责|承担|自负|请勿|免责|解释权|切勿|无关|后果")
_SENTENCES = re.compile(r"[^。！!？?；;]+[。！!？?；;]*|[。！!？?；;]+")
# What these say is the text itself, whatever else stands in it.
_REPORTS = re.compile(
    r"意见|诈骗|骗取|骗子|受骗|不法|犯罪|嫌疑|警方|公安|网警|反诈|受害|攻击者|黑客|钓鱼|恶意|黑产|黑灰产|处罚|违规"
    r"|违法|法院|监管|印发|通知|条例|规定|办法|第.{1,4}条"
    r"|[“\"][^”\"]{0,12}福利[^”\"]{0,6}[”\"]|举报|用户协议|隐私"
)
_TITLE = re.compile(
    r"课程?|培训|训练营|报名|招聘|招新|招募|诚聘|职位|岗位|抽奖|福利|优惠|礼|直播|预约|星球|报刊|知识库|社区|征订"
    r"|订阅|限时|早鸟|购|票|研修|讲师|大会|峰会|沙龙|论坛"
    r"|活动|众测|大赛|挑战赛|比赛|招|社群|上新|预告|开售|新书|赠书|奖励|致谢|公众号|更名"
)


def sells(title: str) -> bool:
    """Whether a title says that its text is an offer itself, so that what sells in it is the text."""
    return _TITLE.search(title) is not None


def is_selling(text: str) -> bool:
    """Whether a line, of whatever length, offers a paid circle, a course, a group or a gift to the reader."""
    if len(text) > _LONGEST or not _SELLS_HINT.search(text) or _REPORTS.search(text):
        return False
    return _SELLS.search(text) is not None or (
        len(text) <= _SHORT and _TO_READER.search(text) is not None and len(set(_TRADE.findall(text))) >= 3
    )


def without_offer(text: str) -> str:
    """What a line that sells says besides: without an aside, else what stands before the offer if that is enough."""
    rest = _ASIDE.sub("", text)
    if rest != text and not is_selling(rest):
        return rest
    at = 0
    for sentence in _SENTENCES.findall(text):
        if _SELLS.search(sentence) or _TRADE.search(sentence):
            break
        at += len(sentence)
    return text[:at] if at >= _REPORT else ""


def shifts_risk(text: str) -> bool:
    """Whether a line says that the outlet answers for nothing that is done with its text."""
    return len(text) <= _LONGEST_NOTICE and _RISK_HINT.search(text) is not None and _RISK.search(text) is not None
