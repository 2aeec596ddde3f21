#!/usr/bin/env python3
"""Holds a report to what SARIF 2.1.0 asks of it: which properties have to be there, of which kind, and what refers to
what. Names the property that is wrong; silent when none is.
"""
import json
import re
import sys

URI = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$")
LEVELS = ("none", "note", "warning", "error")
wrong = []


def expect(condition, where):
    if not condition:
        wrong.append(where)
    return condition


def is_kind(value, kind, where):
    return expect(isinstance(value, kind) and not (kind is int and isinstance(value, bool)), where)


def message(holder, where):
    if is_kind(holder.get("message"), dict, where + ".message"):
        text = holder["message"].get("text")
        expect(isinstance(text, str) and text, where + ".message.text")


def location(place, where):
    physical = place.get("physicalLocation")
    if not is_kind(physical, dict, where + ".physicalLocation"):
        return
    uri = physical.get("artifactLocation", {}).get("uri")
    expect(isinstance(uri, str) and URI.match(uri), where + ".artifactLocation.uri")
    region = physical.get("region")
    if region is None:
        return
    for name in ("startLine", "startColumn"):
        if is_kind(region.get(name), int, where + ".region." + name):
            expect(region[name] >= 1, where + ".region." + name)


def rules_of(driver, where):
    rules = driver.get("rules", [])
    names = []
    for i, rule in enumerate(rules):
        at = "%s.rules[%d]" % (where, i)
        if is_kind(rule.get("id"), str, at + ".id"):
            names.append(rule["id"])
        expect(rule.get("shortDescription", {}).get("text"), at + ".shortDescription.text")
        expect(rule.get("defaultConfiguration", {}).get("level", "warning") in LEVELS, at + ".defaultConfiguration.level")
    expect(len(set(names)) == len(names), where + ".rules: an id twice")
    return names


def result(each, rules, where):
    message(each, where)
    expect(each.get("level", "warning") in LEVELS, where + ".level")
    index = each.get("ruleIndex")
    if is_kind(index, int, where + ".ruleIndex") and expect(0 <= index < len(rules), where + ".ruleIndex"):
        expect(rules[index] == each.get("ruleId"), where + ".ruleIndex names another rule than ruleId")
    if is_kind(each.get("locations"), list, where + ".locations"):
        for place in each["locations"]:
            location(place, where + ".locations")
    ids = []
    for place in each.get("relatedLocations", []):
        location(place, where + ".relatedLocations")
        message(place, where + ".relatedLocations")
        if is_kind(place.get("id"), int, where + ".relatedLocations.id"):
            ids.append(place["id"])
    expect(len(set(ids)) == len(ids), where + ".relatedLocations: an id twice")
    for name, value in each.get("partialFingerprints", {}).items():
        is_kind(value, str, where + ".partialFingerprints." + name)


def run(each, where):
    driver = each.get("tool", {}).get("driver")
    if not is_kind(driver, dict, where + ".tool.driver"):
        return
    expect(isinstance(driver.get("name"), str) and driver["name"], where + ".tool.driver.name")
    rules = rules_of(driver, where + ".tool.driver")
    expect(each.get("columnKind") in ("utf16CodeUnits", "unicodeCodePoints"), where + ".columnKind")
    for i, invocation in enumerate(each.get("invocations", [])):
        at = "%s.invocations[%d]" % (where, i)
        is_kind(invocation.get("executionSuccessful"), bool, at + ".executionSuccessful")
        for told in invocation.get("toolExecutionNotifications", []):
            message(told, at + ".toolExecutionNotifications")
            expect(told.get("level", "warning") in LEVELS, at + ".toolExecutionNotifications.level")
            for place in told.get("locations", []):
                location(place, at + ".toolExecutionNotifications.locations")
    if is_kind(each.get("results"), list, where + ".results"):
        for i, found in enumerate(each["results"]):
            result(found, rules, "%s.results[%d]" % (where, i))


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        report = json.load(source)
    expect(report.get("version") == "2.1.0", "version")
    expect(isinstance(report.get("$schema"), str) and report["$schema"].endswith("sarif-schema-2.1.0.json"), "$schema")
    if is_kind(report.get("runs"), list, "runs"):
        for i, each in enumerate(report["runs"]):
            run(each, "runs[%d]" % i)
    for where in wrong:
        print("not as SARIF 2.1.0 has it: " + where)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
