"""Checks that all references in the files under config/ exist: labels, objects, ports, variables, routes.

Usage: deployment_references.py RENDERED    what kubectl makes of config/kubernetes
"""
import base64, os, re, sys

import yaml

KINDS = {"ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy", "PodDisruptionBudget",
         "PodMonitor", "Service"}
CONFIG = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "config")


def read(path):
    with open(os.path.join(CONFIG, path)) as file:
        return file.read()


def references(objects, secrets, compose, variables, version):
    """Pairs: a requirement, and whether it is met."""
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
        if "configMapRef" in source:
            name = source["configMapRef"]["name"]
            yield "ConfigMap is there", objects["ConfigMap"]["metadata"]["name"] == name
        if "secretRef" in source:
            yield "Secret is there", source["secretRef"]["name"] in secrets
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    files = [os.path.join(mounts.get(volume["name"], ""), file)
             for volume in deployment["template"]["spec"]["volumes"]
             for file in secrets.get(volume["secret"]["secretName"], {})]
    yield "the file of keys is mounted", objects["ConfigMap"]["data"]["ACCESS_KEYS_FILE"] in files
    policy = objects["NetworkPolicy"]["spec"]
    yield "all kinds of objects are rendered", KINDS <= set(objects)
    for selector in (policy["podSelector"], objects["PodMonitor"]["spec"]["selector"]):
        yield "NetworkPolicy and PodMonitor select the pods", selector["matchLabels"].items() <= labels
    for image in (container["image"], compose["services"]["jobs-1"]["image"]):
        yield f"the image {image} is that of this version", image == f"jobs:{version}"
    for published in compose["services"]["load-balancer"]["ports"]:
        yield "compose publishes nothing without TLS", published.startswith("127.0.0.1:")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    environment = dict(objects["ConfigMap"]["data"])
    for source in container["envFrom"]:
        environment |= secrets.get(source.get("secretRef", {}).get("name"), {})
    yield "the port is the service's", ports["http"] == int(environment["HTTP_PORT"])
    scraped = deployment["template"]["metadata"]["annotations"]["prometheus.io/port"]
    yield "Prometheus reads the port", int(scraped) == ports["http"]
    for endpoint in objects["PodMonitor"]["spec"]["podMetricsEndpoints"]:
        yield "PodMonitor reads a port", endpoint["port"] in ports
    for rule in objects["Ingress"]["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            service = path["backend"]["service"]
            yield "Ingress leads to the service", service["name"] == objects["Service"]["metadata"]["name"] and (
                service["port"]["name"] in [port["name"] for port in objects["Service"]["spec"]["ports"]])
    for port in objects["Service"]["spec"]["ports"]:
        yield "Service leads to a port", port["targetPort"] in ports
    for rule in policy["ingress"]:
        for port in rule["ports"]:
            yield "NetworkPolicy lets in at a port", port["port"] in ports
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield f"{probe} asks a port", container[probe]["httpGet"]["port"] in ports
    jobs = compose["services"]["jobs-1"]
    targets = [f"/run/secrets/{secret['target']}" for secret in jobs["secrets"]]
    yield "compose mounts the file of keys", jobs["environment"]["ACCESS_KEYS_FILE"] in targets
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
    objects, secrets = {}, {}
    with open(sys.argv[1]) as file:
        for object in filter(None, yaml.safe_load_all(file)):
            if object["kind"] == "Secret":
                secrets[object["metadata"]["name"]] = {
                    name: base64.b64decode(value).decode() for name, value in object["data"].items()}
            else:
                # The first policy of the network is the one that always applies.
                objects.setdefault(object["kind"], object)
    version = re.search(r'"([\d.]+)"', read("../Sources/JobsService/Version.swift")).group(1)
    variables = set(re.findall(r"{{[#^]?(?:enabled )?(\w+)}}", read("config.yml")))
    compose = yaml.safe_load(read("compose.yml"))
    broken = [what for what, holds in references(objects, secrets, compose, variables, version)
              if not holds]
    if broken:
        sys.exit("\n".join(f"broken: {what}" for what in broken))


main()
