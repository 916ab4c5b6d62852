#!/usr/bin/env python3
"""escu.py MODEL REPOSITORY...: reads repositories of content as Splunk's own tool reads them, and has it write the settings of an app.

MODEL is the folder with the package `contentctl_ng`, version 1.1.1, which needs Python 3.14; a copy beside it is made readable for earlier ones. The
lists that the tool fetches from the network are not asked: each technique that is well formed is known, and none of Atomic Red Team's tests is.
Prints each finding and a line for each repository, and exits with 1 where there is one. Besides Python it needs `pydantic`, `PyYAML`, `GitPython` and
`cron-validator`."""
import os, pathlib, re, shutil, sys, tempfile, traceback


def readable(model):
    """A copy of the model without what only Python 3.14 has: annotations that are not looked at, and exceptions without parentheses."""
    if sys.version_info >= (3, 14):
        return model
    copy = model.rstrip("/") + "-of-%d.%d" % sys.version_info[:2]
    done = os.path.join(copy, "done")
    if not os.path.exists(done):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(model, copy)
        for path in pathlib.Path(copy, "contentctl_ng").rglob("*.py"):
            text = re.sub(r"^( *except) (\w+(?:\.\w+)*(?:, \w+(?:\.\w+)*)+):", r"\1 (\2):", path.read_text(encoding="utf-8"), flags=re.M)
            path.write_text("from __future__ import annotations\n" + text, encoding="utf-8")
        open(done, "w").close()
    return copy


sys.path.insert(0, readable(sys.argv[1]))
from contentctl_ng.objects import atomic_guid, mitre_enrichment, object_parser  # noqa: E402
from contentctl_ng.objects.app import AppRoot  # noqa: E402
from contentctl_ng.objects.content_ref import content_registry  # noqa: E402
from contentctl_ng.objects.content_type_registry import content_type_registry  # noqa: E402

# It is for messages alone, and needs Python 3.12.
object_parser._relative_content_path = lambda context: str(context["_path"])


def techniques(repository):
    found = set()
    for path in pathlib.Path(repository, "detections").rglob("*.yml"):
        found.update(re.findall(r"^- ['\"]?(T1\d{3}(?:\.\d{3})?)['\"]?$", path.read_text(encoding="utf-8"), re.M))
    Known = mitre_enrichment.SupportedMitreAttackEnrichments
    return [Known(name=name, technique_name=name, tactic_names=frozenset(), enterpriseSecurityKillChainPhases=frozenset(), groups=frozenset()) for name in sorted(found)]


def said(error):
    if isinstance(error, BaseExceptionGroup):
        return [line for inner in error.exceptions for line in said(inner)]
    notes = " ".join(getattr(error, "__notes__", []))
    return ["%s: %s: %s" % (notes, type(error).__name__, str(error).replace("\n", " ")[:500])]


def read(repository):
    mitre_enrichment.MitreEnterpriseAttackInfo.parse_mitre_enterprise_info_url_to_enum = classmethod(
        lambda cls, *_: content_registry.register_many(mitre_enrichment.SupportedMitreAttackEnrichments, techniques(repository))
    )
    atomic_guid.AtomicRedTeamIndex.parse_art_url_to_enum = classmethod(lambda cls, *_: None)
    with tempfile.TemporaryDirectory() as place:
        # The tool wants a folder for each kind of thing that it knows, also for those that a repository has none of.
        schemas, repository = os.path.join(place, "schemas"), shutil.copytree(repository, os.path.join(place, "content"))
        os.makedirs(schemas)
        for kind in content_type_registry.content_types():
            os.makedirs(os.path.join(repository, kind.content_folder()), exist_ok=True)
        root = AppRoot(build_dot_yml_path=os.path.join(repository, "build.yml"), schemas_directory=schemas, directories=[repository])
        made = object_parser.AppFactory(root, validation_fast_fail=False)
    written = 0
    for things in made._content_by_type.values():
        for thing in things:
            for method in ("savedsearches", "analyticstories", "macros", "transforms"):
                emit = getattr(thing, "emit_ConfStanza_" + method, None)
                if emit is not None:
                    emit().serialize_to_stanza()
                    written += 1
    return len(made.detections), written


code = 0
for repository in sys.argv[2:]:
    # What one repository registers is not known to the next: each is read by a process of its own.
    child = os.fork()
    if child == 0:
        try:
            print("%s: %d detections, %d stanzas" % (repository, *read(os.path.abspath(repository))))
            status = 0
        except BaseException as error:
            findings = said(error)
            print("\n".join("FAIL " + line for line in findings[:20]))
            print("%s: %d findings" % (repository, len(findings)))
            if os.environ.get("TRACE"):
                traceback.print_exception(error)
            status = 1
        sys.stdout.flush()
        os._exit(status)
    code |= os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(code)
