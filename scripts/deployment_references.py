"""Checks that what the files under config/ name is there: labels, objects, ports, variables, routes."""
import glob, os, re, sys

import yaml

CONFIG = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "config")


def read(path):
    with open(os.path.join(CONFIG, path)) as file:
        return file.read()


def references(objects, compose, variables):
    """Pairs: what has to hold, and whether it does."""
    deployment = objects["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"].items()
    for kind, selector in (("Deployment", deployment["selector"]["matchLabels"]),
                           ("Service", objects["Service"]["spec"]["selector"]),
                           ("PodDisruptionBudget",
                            objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"])):
        yield f"{kind} selects the pods", selector.items() <= labels
    target = objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    yield "the autoscaler's target is there", objects[target["kind"]]["metadata"]["name"] == target["name"]
    container = deployment["template"]["spec"]["containers"][0]
    for source in container["envFrom"]:
        for kind, object in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if kind in source:
                yield f"{object} is there", objects[object]["metadata"]["name"] == source[kind]["name"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    environment = {**objects["ConfigMap"]["data"], **objects["Secret"]["stringData"]}
    yield "the port is the service's", ports["http"] == int(environment["HTTP_PORT"])
    scraped = deployment["template"]["metadata"]["annotations"]["prometheus.io/port"]
    yield "Prometheus reads the port", int(scraped) == ports["http"]
    for port in objects["Service"]["spec"]["ports"]:
        yield "Service leads to a port", port["targetPort"] in ports
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield f"{probe} asks a port", container[probe]["httpGet"]["port"] in ports
    jobs = compose["services"]["jobs-1"]
    for name in [*environment, *jobs["environment"]]:
        yield f"the configuration knows {name}", name in variables
    delay = int(environment["SHUTDOWN_DELAY"]) / 1000
    yield "Kubernetes waits for the end", (
        deployment["template"]["spec"]["terminationGracePeriodSeconds"] > delay + 8)
    delay = int(jobs["environment"]["SHUTDOWN_DELAY"]) / 1000
    yield "compose waits for the end", int(jobs["stop_grace_period"].rstrip("s")) > delay + 8
    balancer = compose["services"]["load-balancer"]
    for name in re.findall(r'"\$\{(\w+)\}"', read("haproxy.cfg")):
        yield f"the load balancer is given {name}", name in balancer["environment"]
        host, _, _ = balancer["environment"].get(name, "").partition(":")
        yield f"{name} is a service", not host or host in compose["services"]


def main():
    objects = {}
    for path in glob.glob(os.path.join(CONFIG, "kubernetes/*.yml")):
        for object in yaml.safe_load_all(read(path)):
            objects[object["kind"]] = object
    variables = set(re.findall(r"{{[#^]?(?:enabled )?(\w+)}}", read("config.yml")))
    broken = [what for what, holds in references(objects, yaml.safe_load(read("compose.yml")), variables)
              if not holds]
    if broken:
        sys.exit("\n".join(f"broken: {what}" for what in broken))


main()
