"""A real Apache Kafka as child processes: KRaft, one node or three, on loopback only."""

import base64
import json
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from streams.embedded import jars, ports
from streams.embedded.child import Child
from streams.embedded.secure import Secure

__all__ = ["Kafka", "Node"]

READY_SECONDS = 90.0
FORMAT_SECONDS = 90.0
JVM = (
    # Quick compiler only: 2.5 s of CPU to start instead of 4.2, which two cores feel.
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "--enable-native-access=ALL-UNNAMED",
)
EVERYWHERE = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "log.message.timestamp.type": "LogAppendTime",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "message.max.bytes": "4194304",
    "num.network.threads": "2",
    "num.io.threads": "4",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One broker and controller in one Java process."""

    id: int
    port: int
    controller_port: int


class Kafka:
    """A cluster whose data stays in its folder from start to start.

    Args:
        folder: Its data, settings and logs.
        cache: Folder of the jars.
        nodes: One, or three with replication 3 and min.insync.replicas 2.
        wanted: Ports to listen on where free, one for each node.
        heap_mb: Java heap of a node in MB.
        secure: SASL_SSL with SCRAM-SHA-512 and ACLs; None: plain text, no users.
        say: Told what takes long.
    """

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path,
        nodes: int = 1,
        wanted: Sequence[int] = (),
        heap_mb: int = 384,
        secure: Secure | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.folder = folder.absolute()
        self.secure = secure
        self._cache = cache
        self._count = nodes
        self._wanted = wanted
        self._heap_mb = heap_mb
        self._say = say
        self._classpath = ""
        self.nodes: tuple[Node, ...] = ()
        self.children: dict[int, Child] = {}

    @property
    def bootstrap(self) -> str:
        """Addresses for clients, comma-separated."""
        return ",".join(f"{ports.HOST}:{node.port}" for node in self.nodes)

    def start(self) -> None:
        """Start every node and wait until each accepts connections.

        Raises:
            JarError: Kafka's jars could not be had or are not the recorded ones.
            ChildError: A node did not come up; carries the end of its log.
        """
        found = jars.fetch(self._cache, self._say)
        self._classpath = os.pathsep.join(str(jar) for jar in found)
        cluster = self._prepare()
        shutil.rmtree(self._scratch())
        for node in self.nodes:
            self._configure(node)
        formats = [self._format(node, cluster) for node in self.nodes if not self._formatted(node)]
        try:
            for child in formats:
                child.wait_done(FORMAT_SECONDS)
                child.log.unlink()
            for node in self.nodes:
                self.children[node.id] = self._child(node)
                self.children[node.id].start()
            for node in self.nodes:
                self._wait(node)
        except BaseException:
            for child in formats:
                child.kill()
            self.kill_all()
            raise

    def stop(self) -> None:
        """Stop every node cleanly."""
        for child in self.children.values():
            child.ask_to_end()
        for child in self.children.values():
            child.stop(grace=20)

    def kill(self, node_id: int) -> None:
        """End one node at once (SIGKILL)."""
        self.children[node_id].kill()

    def kill_all(self) -> None:
        """End every node at once."""
        for child in self.children.values():
            child.kill()

    def restart(self, node_id: int, *, wait: bool = True) -> None:
        """Start one node again, on its data.

        Args:
            node_id: Which.
            wait: Return only when it accepts connections.
        """
        self.children[node_id].start()
        if wait:
            self._wait(next(node for node in self.nodes if node.id == node_id))

    def _wait(self, node: Node) -> None:
        self.children[node.id].wait_ready(lambda: ports.answers(node.port), READY_SECONDS)

    def _prepare(self) -> str:
        """Choose ids and ports, the same as last time where they are free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        record = self.folder / "cluster.json"
        known = json.loads(record.read_text()) if record.exists() else {}
        old = [Node(**node) for node in known.get("nodes", ())]
        count = len(old) or self._count
        clients = [node.port for node in old] or [*self._wanted, *ports.free(count)][:count]
        controllers = [node.controller_port for node in old] or ports.free(count)
        chosen = ports.choose([*clients, *controllers])
        self.nodes = tuple(
            Node(id=n + 1, port=chosen[n], controller_port=chosen[count + n]) for n in range(count)
        )
        cluster = known.get("cluster") or base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
        record.write_text(
            json.dumps({"cluster": cluster, "nodes": [asdict(node) for node in self.nodes]})
        )
        return str(cluster)

    def _data(self, node: Node) -> Path:
        return self.folder / f"node-{node.id}"

    def _formatted(self, node: Node) -> bool:
        return (self._data(node) / "meta.properties").exists()

    def _properties(self, node: Node) -> Path:
        return self.folder / f"node-{node.id}.properties"

    def _configure(self, node: Node) -> None:
        replicas = len(self.nodes)
        protocol = "PLAINTEXT" if self.secure is None else "SASL_SSL"
        settings = EVERYWHERE | {
            "node.id": str(node.id),
            "log.dirs": str(self._data(node)),
            "controller.quorum.voters": ",".join(
                f"{other.id}@{ports.HOST}:{other.controller_port}" for other in self.nodes
            ),
            "listeners": f"{protocol}://{ports.HOST}:{node.port},"
            f"CONTROLLER://{ports.HOST}:{node.controller_port}",
            "inter.broker.listener.name": protocol,
            "listener.security.protocol.map": f"CONTROLLER:{protocol},{protocol}:{protocol}",
            "default.replication.factor": str(replicas),
            "offsets.topic.replication.factor": str(replicas),
            "transaction.state.log.replication.factor": str(replicas),
            "min.insync.replicas": str(replicas // 2 + 1),
            "transaction.state.log.min.isr": str(replicas // 2 + 1),
            # A broker killed and started again is let in when its old session has ended.
            "broker.session.timeout.ms": "3000" if replicas == 1 else "6000",
            "broker.heartbeat.interval.ms": "500",
        }
        if self.secure is not None:
            settings |= self.secure.server(self.folder)
        path = self._properties(node)
        path.touch(mode=0o600)
        path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))

    def _java(self, main: str, *arguments: str) -> list[str]:
        logging = resources.files("streams.embedded").joinpath("log4j2.properties")
        return [
            jars.java(),
            f"-Xmx{self._heap_mb}m",
            *JVM,
            f"-Djava.io.tmpdir={self._scratch()}",
            f"-Dlog4j2.configurationFile={logging}",
            "-cp",
            self._classpath,
            main,
            *arguments,
        ]

    def _scratch(self) -> Path:
        """Return where Java unpacks its native libraries; a killed node leaves them there."""
        path = self.folder / "tmp"
        path.mkdir(exist_ok=True)
        return path

    def _format(self, node: Node, cluster: str) -> Child:
        extra = () if self.secure is None else self.secure.format_arguments()
        command = self._java(
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            f"--config={self._properties(node)}",
            *extra,
        )
        log = self.folder / f"node-{node.id}-format.log"
        log.touch(mode=0o600)
        child = Child(f"Kafka's format of node {node.id}", command, log=log)
        child.start()
        return child

    def _log(self, node: Node) -> Path:
        return self.folder / f"node-{node.id}.log"

    def _child(self, node: Node) -> Child:
        command = self._java("kafka.Kafka", str(self._properties(node)))
        return Child(f"Kafka node {node.id}", command, log=self._log(node))
