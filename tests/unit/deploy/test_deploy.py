"""The deploy folder, as far as it can be checked without running it: schemas, names, ports, secrets, commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from whorl.base.settings import Settings
from whorl.cli.main import make_app

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
KUBERNETES_VERSIONS = ("1.29", "1.33")
_FOREIGN = frozenset({"RayCluster", "Kustomization"})
_RUNTIME = frozenset({"WHORL_VERSION", "WHORL_HOST_NAME", "WHORL_PUBLIC_PORT"})
"""Named like settings, but for compose and the proxy."""


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def _manifests() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}/{found['kind']}/{found.get('metadata', {}).get('name', '')}", found)
        for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
        for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


MANIFESTS = _manifests()


def _pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in MANIFESTS:
        if found["kind"] == "Deployment":
            yield name, found["spec"]["template"]["spec"]
        if found["kind"] == "RayCluster":
            groups = [found["spec"]["headGroupSpec"], *found["spec"]["workerGroupSpecs"]]
            for number, group in enumerate(groups):
                yield f"{name}/{number}", group["template"]["spec"]


PODS = list(_pods())


def _check_command(command: list[str]) -> None:
    """A command of ours must be one, with options that it has."""
    assert command[0] == "whorl"
    group: Any = get_command(make_app())
    known = group.commands[command[1]]
    names = {name for option in known.params for name in [*option.opts, *option.secondary_opts]}
    assert [part for part in command[2:] if part.startswith("--") and part.partition("=")[0] not in names] == []


def _check_setting_names(names: set[str]) -> None:
    known = {f"WHORL_{name.upper()}" for name in Settings.model_fields}
    assert sorted(name for name in names - _RUNTIME if name.startswith("WHORL_") and name not in known) == []


def _check_pinned(image: str) -> None:
    tag = image.rpartition(":")[2]
    assert re.search(r"\d+\.\d+", tag), f"not pinned: {image}"


def test_compose__keeps_the_schema() -> None:
    path = str(DEPLOY / "compose.yaml")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_compose__names_what_there_is() -> None:
    compose = _compose()
    services = compose["services"]
    for name, service in services.items():
        environment = service.get("environment", {})
        _check_setting_names(set(environment))
        _check_pinned(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", service["image"]))
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
        assert set(service.get("networks", [])) <= set(compose["networks"]), name
        assert service.get("restart"), name
        named = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
        assert named <= set(compose["volumes"]), name
        read = set(re.findall(r"/run/secrets/(\w+)", str(service)))
        assert read <= set(service.get("secrets", [])), f"{name} reads a secret that it is not given"
        for waited, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                has_check = "healthcheck" in services[waited] or "build" in services[waited]
                assert has_check, f"{name} waits for {waited}, which tells nobody how it is"
        if service.get("command", [""])[0] == "whorl":
            _check_command(service["command"])


def test_compose__addresses_lead_to_services() -> None:
    services = _compose()["services"]
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8") + (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    found = set(re.findall(r"(?:@|//|address=| )([a-z][a-z0-9-]*):(?:5432|8333|10001|6379|8620)\b", text))
    assert found == {"postgres", "s3", "ray-head", "server-1", "server-2"} & set(services)


def test_compose__only_the_proxy_is_on_the_street() -> None:
    services = _compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in services.items() if "outside" in service["networks"]] == ["proxy"]


def test_compose__every_variable_is_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    given = {line.partition("=")[0] for line in (DEPLOY / "example.env").read_text().splitlines() if "=" in line}
    assert set(re.findall(r"\$\{(\w+)", text)) == given


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize(("name", "manifest"), MANIFESTS, ids=[name for name, _ in MANIFESTS])
def test_kubernetes__keeps_the_schema(name: str, manifest: dict[str, Any], version: str) -> None:
    if manifest["kind"] in _FOREIGN:
        assert manifest["apiVersion"] in {"ray.io/v1", "kustomize.config.k8s.io/v1beta1"}, name
        return
    kubernetes_validate.validate(manifest, version, strict=True)


def test_kubernetes__a_wrong_manifest_is_found() -> None:
    wrong = {**dict(MANIFESTS)["server/Deployment/whorl-server"], "sepc": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES_VERSIONS[0], strict=True)


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_kubernetes__pods_are_locked_down_and_bounded(name: str, pod: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert "memory" in container["resources"]["limits"]
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        if container.get("command"):
            _check_command(container["command"])


def test_kubernetes__ray_has_no_way_to_the_database() -> None:
    given = {
        ref["secretRef"]["name"]
        for name, pod in PODS
        if "Ray" in name
        for container in pod["containers"]
        for ref in container["envFrom"]
        if "secretRef" in ref
    }
    assert given == {"whorl-bucket"}


def test_kubernetes__secrets_and_settings_are_what_settings_says() -> None:
    text = (DEPLOY / "kubernetes" / "settings.yaml").read_text(encoding="utf-8")
    told = set(re.findall(r"^#   (whorl[\w-]*)", text, re.MULTILINE))
    used = set(re.findall(r"secretRef: { name: ([\w-]+) }|secretName: (whorl(?!-tls)[\w-]*)", "\n".join(_texts())))
    assert {one or other for one, other in used} == told
    settings = dict(MANIFESTS)["settings/ConfigMap/whorl"]["data"]
    _check_setting_names(set(settings) | set(re.findall(r"\bWHORL_[A-Z_]+", text)))


def test_kubernetes__selectors_ports_and_budgets_fit() -> None:
    by_name = dict(MANIFESTS)
    for component in ("server", "worker"):
        deployment = by_name[f"{component}/Deployment/whorl-{component}"]["spec"]
        labels = deployment["template"]["metadata"]["labels"]
        assert deployment["selector"]["matchLabels"] == labels
        budget = by_name[f"{component}/PodDisruptionBudget/whorl-{component}"]["spec"]
        assert budget["selector"]["matchLabels"] == labels
        assert budget["minAvailable"] < deployment["replicas"]
    server = by_name["server/Deployment/whorl-server"]["spec"]["template"]
    service = by_name["server/Service/whorl"]["spec"]
    assert service["selector"] == server["metadata"]["labels"]
    [port] = server["spec"]["containers"][0]["ports"]
    assert (port["name"], port["containerPort"]) == (service["ports"][0]["targetPort"], Settings().port)
    kustomization = by_name["kustomization/Kustomization/"]
    assert {*kustomization["resources"], "kustomization.yaml"} == {
        path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")
    }


def test_ray__is_the_version_that_is_installed() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [pinned] = re.findall(r'"ray\[client\]==([\d.]+)"', project)
    assert dict(MANIFESTS)["ray/RayCluster/whorl-ray"]["spec"]["rayVersion"] == pinned


@pytest.mark.parametrize("name", ["Dockerfile", "ray.Dockerfile"])
def test_dockerfile__is_pinned_unprivileged_and_watched(name: str) -> None:
    steps = _docker_steps(name)
    known = {"FROM", "RUN", "COPY", "ARG", "ENV", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert {step for step, _ in steps} <= known
    for image in (rest.split()[0] for step, rest in steps if step == "FROM"):
        _check_pinned(image)
    last = steps[max(number for number, (step, _) in enumerate(steps) if step == "FROM") :]
    assert [rest for step, rest in last if step == "USER"] == ["10001:10001"]
    assert [step for step, _ in last].count("HEALTHCHECK") == 1
    assert last[-1][0] == "CMD"
    for step, rest in steps:
        if step == "COPY" and "--from" not in rest:
            *sources, _ = shlex.split(rest)
            assert [one for one in sources if not (ROOT / one).exists()] == []
        if step == "ENV":
            _check_setting_names(set(re.findall(r"(WHORL_[A-Z_]+)=", rest)))


def test_dockerfile__what_it_copies_is_not_ignored() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:].removesuffix("/**") for line in lines if line.startswith("!")}
    for step, rest in _docker_steps("Dockerfile"):
        if step == "COPY" and "--from" not in rest:
            assert {source.split("/")[0] for source in shlex.split(rest)[:-1]} <= let_in, rest


def _docker_steps(name: str) -> list[tuple[str, str]]:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", kept)
    found = [line.partition(" ") for line in joined.splitlines()]
    return [(step, rest.strip()) for step, _, rest in found]


def _texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (DEPLOY / "kubernetes").glob("*.yaml")]
