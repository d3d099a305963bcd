"""Records which jars the embedded Kafka runs, with their SHA-256 sums.

Run it after a change of version, look at the difference, commit it:
`python deploy/record_jars.py > streams/embedded/jars.sha256`
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.maven import MavenContext, PythonResolver

ROOTS = (
    "org.apache.kafka:kafka_2.13:4.3.0",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
SCOPES = (None, "compile", "runtime")


def main() -> None:
    """Resolve the roots and what they need; print a line for each jar, as sha256sum does."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        context = MavenContext(resolver=PythonResolver(), repo_cache=cache, timeout=60)
        jars: dict[str, Path] = {}
        for root in ROOTS:
            # Each alone: together, log4j's bill of materials would bring older Kafka clients.
            inputs, needed = context.resolver.resolve([context.create_dependency(root)])
            for item in (*inputs, *needed):
                if item.scope in SCOPES and item.type == "jar":
                    jars.setdefault(f"{item.groupId}:{item.artifactId}", item.artifact.resolve())
        for jar in sorted(jars.values()):
            digest = hashlib.sha256(jar.read_bytes()).hexdigest()
            sys.stdout.write(f"{digest}  {jar.relative_to(cache).as_posix()}\n")


if __name__ == "__main__":
    main()
