"""Draws docs/mail.png: a message as mail, as a person sees it. Needs Chromium.

python docs/make_mail.py docs/mail.png
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts.channels.letter import html
from alerts.sample import Asked, sample
from alerts.sending import Link, Message
from notices.schema import SHANGHAI

SIZE = "760,975"


def message() -> Message:
    """Two invented notices: a new one and a moved deadline."""
    now = datetime(2026, 11, 26, 9, 30, tzinfo=SHANGHAI)
    made = sample(Asked("consultations", "type:consultation is:open", "zh"), now)
    [one] = made.items
    others = (Link("示例工业观察", "https://mp.example.org/s/1"), Link("示例数据安全", "https://mp.example.org/s/2"))
    new = replace(one, carriers=one.carriers + others, published_at=now - timedelta(days=2))
    moved = replace(
        one,
        event="deadline:2027-01-15",
        title="示例网信部门《算法备案管理规定（草案）》公开征求意见延长期限",
        issuers=("示例网信部门", "示例部"),
        deadline=date(2027, 1, 15),
        days_left=50,
        evidence="征求意见截止时间延长至2027年1月15日。",
        url="https://www.example.org/extension.html",
        carriers=(),
        attachments=(),
    )
    return replace(made, items=(new, moved), test=False)


def main() -> None:
    """Renders the message and takes the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target.resolve()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium here: install it, then run this again")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "mail.html"
        page.write_text(html(message()), encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
        call = [browser, *flags, f"--window-size={SIZE}", f"--screenshot={target}", page.as_uri()]
        subprocess.run(call, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
