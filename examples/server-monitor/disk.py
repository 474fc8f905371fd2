"""A task in Python: params arrive as JSON on stdin, the result leaves as JSON on stdout, stderr is the log."""

import json
import shutil
import sys

params = json.load(sys.stdin)
usage = shutil.disk_usage(params.get("path", "/"))
print("looking at", params.get("path", "/"), file=sys.stderr)
json.dump({"usedPercent": round(100 * usage.used / usage.total, 1)}, sys.stdout)
