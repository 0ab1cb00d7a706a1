"""The ingest run: archived articles through the pure stages, side by side in processes, into the store."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
import logging
import multiprocessing
import os

from sqlalchemy import func, select

from config import operator
from notices.article import Reading
from notices.isolate import Failed, isolate
from notices.kinds import Mode
from notices.page import Page
from notices.pagefile import PageFile, body_hash
from notices.schema import articles, inputs as finished, notices
from notices.store import Store
from notices.store.engine import upsert
from notices.understood import Understood
from pipelines.keep import Item, keep, known
from scheduler.inputs import Found, Input, inputs

BATCH = 250  # pages a process reads at once, and a transaction holds
AHEAD = 3  # batches under way for each process: enough to keep it busy, few enough to stay small

Read = tuple[Reading, Understood | None]
log = logging.getLogger("policywatch.ingest")
"""
