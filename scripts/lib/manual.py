"""Writes the man page of the program from what `jobsctl --experimental-dump-help` prints.

Usage: jobs --experimental-dump-help | python3 scripts/lib/manual.py VERSION
"""
import datetime, json, os, re, sys, textwrap

EXIT_CODES = re.compile(r"\n\nExit codes [^:]*: ([^\n]*)")
ELSEWHERE = re.compile(r"(?:\A|\n*)The exit codes are explained by [^\n]*")


def escaped(text):
    """Text for roff: without commands at the beginning of lines, and with hyphens that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def prose(text):
    """Paragraphs as they are filled, and indented lines as they stand."""
    out = []
    for part in re.split(r"\n\n", text.strip("\n")):
        if part.startswith("  "):
            out += [".nf", escaped(textwrap.dedent(part)), ".fi", ".PP"]
        else:
            head, *code = re.split(r"\n(?=  )", part, maxsplit=1)
            out += [escaped(" ".join(head.split()))]
            out += [".nf", escaped(code[0]), ".fi"] if code else []
            out += [".PP"]
    return out[:-1]


def option(argument):
    """The names of an option with its value, as in a help text."""
    value = escaped(argument.get("valueName", "value"))
    if argument["kind"] == "positional":
        return f"\\fI{value}\\fR"
    names = sorted(argument["names"], key=lambda name: len(name["name"]))
    texts = ["\\fB" + escaped(("-" if name["kind"] == "short" else "--") + name["name"]) + "\\fR" for name in names]
    return ", ".join(texts) + (f" \\fI{value}\\fR" if argument["kind"] == "option" else "")


def options(arguments):
    out = []
    for argument in arguments:
        words = argument.get("abstract", "")
        if argument.get("defaultValue") and "default:" not in words:
            words += f" (default: {argument['defaultValue']})"
        out += [".TP", option(argument), escaped(words) or "\\&"]
    return out


def shown(command):
    """The arguments of a command that its help shows, without --help and --version."""
    return [argument for argument in command.get("arguments", [])
            if argument["shouldDisplay"] and not {name["name"] for name in argument.get("names") or []} & {"help", "version"}]


def key(argument):
    return json.dumps([argument.get("names"), argument.get("abstract")], sort_keys=True)


def leaves(command, path=()):
    """The commands that do something, each with the words that call it."""
    for inner in command.get("subcommands") or []:
        if inner["commandName"] != "help":
            words = (*path, inner["commandName"])
            yield from leaves(inner, words) if inner.get("subcommands") else [(words, inner)]


def main(version):
    program = json.load(sys.stdin)["command"]
    moment = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), datetime.timezone.utc)
    commands = list(leaves(program))
    own = [key(argument) for argument in shown(program)]
    uses = [key(argument) for _, command in commands for argument in shown(command)]
    # What nearly all commands that call a service have.
    common = {key(argument): argument for _, command in commands for argument in shown(command)
              if uses.count(key(argument)) > len(commands) / 2}
    codes = EXIT_CODES.search(program["discussion"])
    if not codes:
        sys.exit("manual.py: the program explains no exit codes")
    out = [f'.TH JOBSCTL 1 "{moment:%Y-%m-%d}" "jobs {version}" "User Commands"', ".SH NAME",
           "jobsctl \\- " + escaped(program["abstract"].rstrip(".")),
           ".SH SYNOPSIS", ".B jobsctl", "[\\fIcommand\\fR] [\\fIoptions\\fR]", ".SH DESCRIPTION",
           "Without a command it serves jobs.", ".PP", *prose(EXIT_CODES.sub("", program["discussion"])),
           ".SH OPTIONS", *options(shown(program)), ".SH COMMANDS"]
    for words, command in commands:
        arguments = [argument for argument in shown(command) if key(argument) not in common and key(argument) not in own]
        synopsis = " ".join(option(argument) if not argument["isOptional"] else f"[{option(argument)}]"
                            for argument in arguments if argument["kind"] == "positional")
        call = f"jobsctl {escaped(' '.join(words))} {synopsis}".strip()
        out += [f'.SS "{call}"', escaped(command["abstract"])]
        discussion = ELSEWHERE.sub("", command.get("discussion", "")).strip("\n")
        out += [".PP", *prose(discussion)] if discussion else []
        out += options(arguments)
    out += [".SH OPTIONS OF THE COMMANDS THAT CALL A SERVICE", *options(common.values()),
            ".SH ENVIRONMENT", ".TP", "\\fBJOBS_URL\\fR, \\fBJOBS_KEY\\fR",
            "The address of the service, and the key, for the commands that call one.",
            ".SH EXIT STATUS", escaped(codes.group(1)),
            ".SH FILES", ".TP", ".I /etc/jobs/config.yml", "The configuration of the service that systemd runs.",
            ".TP", ".I /etc/default/jobs", "Its environment.",
            ".TP", ".I /var/lib/jobs", "Its jobs, if they are kept in a file."]
    print("\n".join(out))


main(sys.argv[1])
