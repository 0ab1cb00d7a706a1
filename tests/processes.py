"""Processes of their own for functions of tests: forked from one that has imported these, where that can be."""

import multiprocessing

METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
CONTEXT = multiprocessing.get_context(METHOD)
CONTEXT.set_forkserver_preload(["tests.alerts.test_watching", "tests.notices.test_store_faults"])
