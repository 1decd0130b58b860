# SPDX-License-Identifier: MIT
"""The application of Celery: a task that tells its broker when it begins and when it has ended."""
import os
import time

import celery
import redis

BROKER = os.environ["BROKER"]
app = celery.Celery("tasks", broker=BROKER)


@app.task(name="slow")
def slow(number):
    store = redis.Redis.from_url(BROKER)
    store.rpush("begun", number)
    time.sleep(4)
    store.rpush("done", number)
