"""docker-compose.yml, read as compose reads it, against the Dockerfile, nginx's template and the settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TEMPLATE = (ROOT / "deploy" / "nginx.conf.template").read_text()
SETTINGS = (ROOT / "aoce" / "settings.py").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
OURS = ("migrate", "web", "worker", "beat")
LONG_RUNNING = ("web", "worker", "beat", "postgres", "redis", "proxy")
MUST_BE_SET = {
    "SECRET_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "POSTGRES_PASSWORD",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "TLS_DIR",
}


def interpolations() -> list[tuple[str, str]]:
    """Return each ``${NAME<rest>}`` of the file as (name, rest)."""
    return re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)([^}]*)\}", (ROOT / "docker-compose.yml").read_text())


def test_compose_has_the_production_processes() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "proxy"}


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_compose_long_running_service_has_health_check_and_restarts(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_compose_migrate_runs_once_and_the_others_wait_for_it() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["postgres"] == waits["redis"] == {"condition": "service_healthy"}
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_compose_waits_only_for_services_that_can_say_they_are_healthy() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]


def test_compose_names_what_must_be_set_and_gives_it_no_default() -> None:
    required = {name for name, rest in interpolations() if rest.startswith(":?")}
    assert required == MUST_BE_SET
    assert not {name for name, rest in interpolations() if name in MUST_BE_SET and not rest.startswith(":?")}


def test_compose_holds_no_secret() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|KEY", name):
                assert value is None or value.startswith("${")


def test_compose_gives_every_setting_that_production_requires() -> None:
    required = set(re.findall(r'required\("([A-Z_]+)"', SETTINGS))
    for name in OURS:
        assert required <= set(SERVICES[name]["environment"])


def test_compose_sets_only_variables_that_something_reads() -> None:
    read = SETTINGS + (ROOT / "aoce" / "gunicorn.py").read_text()
    by_boto = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    for name in OURS:
        for variable in set(SERVICES[name]["environment"]) - by_boto:
            assert f'"{variable}"' in read, variable
    for variable in SERVICES["proxy"]["environment"]:
        assert f"${{{variable}}}" in TEMPLATE


def test_env_example_names_every_variable_of_compose() -> None:
    passed_on = {name for name in SERVICES["web"]["environment"] if SERVICES["web"]["environment"][name] is None}
    named = set(re.findall(r"^#?([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    assert named == {name for name, _ in interpolations()} | passed_on
    assert set(re.findall(r"^([A-Z0-9_]+)=$", EXAMPLE, re.MULTILINE)) == MUST_BE_SET


def test_compose_builds_targets_that_the_dockerfile_has() -> None:
    stages = dict(re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE))
    targets = set(stages.values())
    for name in (*OURS, "proxy"):
        assert SERVICES[name]["build"]["target"] in targets
    for name in ("postgres", "redis"):
        assert re.fullmatch(r"[a-z]+:\d+(\.\d+)?-bookworm", SERVICES[name]["image"])
    assert not [image for image in stages if image.endswith(":latest") or ":" not in image]


def test_dockerfile_gives_nginx_every_name_its_template_needs() -> None:
    needed = set(re.findall(r"\$\{(PORTAL_[A-Z_]+)\}", TEMPLATE))
    given = set(re.findall(r"(PORTAL_[A-Z_]+)=", DOCKERFILE)) | set(SERVICES["proxy"]["environment"])
    assert needed == given
    assert not re.findall(r"\$\{(?!PORTAL_)", TEMPLATE.replace("${PORTAL_…}", ""))


def test_dockerfile_runs_as_nobody_in_particular_and_copies_only_what_is_let_in() -> None:
    portal = DOCKERFILE.split(" AS portal\n")[1].split("\nFROM ")[0]
    assert "\nUSER portal\n" in portal
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            assert (ROOT / line[1:]).exists(), line


def test_private_files_are_shared_with_the_proxy_read_only() -> None:
    assert "files:/data/files" in SERVICES["web"]["volumes"]
    assert "files:/data/files" in SERVICES["worker"]["volumes"]
    assert "files:/data/files:ro" in SERVICES["proxy"]["volumes"]
    assert SERVICES["web"]["environment"]["ACCEL_PREFIX"] == "${ACCEL_PREFIX-/protected/}"
    assert re.search(r"location /protected/ \{\s+internal;", TEMPLATE)


def test_database_and_queue_are_reached_by_the_portal_alone() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert SERVICES["proxy"]["networks"] == ["outside"]
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["proxy"]


def test_compose_volumes_and_networks_exist() -> None:
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith("${")}
        assert named <= set(COMPOSE["volumes"])
