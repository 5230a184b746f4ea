"""Validates a SARIF report and a JUnit report against their published schemas.

Usage: validate.py SARIF_SCHEMA JUNIT_SCHEMA SARIF_REPORT JUNIT_REPORT
"""

import json
import sys

import jsonschema
import xmlschema


def main() -> int:
    sarif_schema, junit_schema, sarif_report, junit_report = sys.argv[1:]
    with open(sarif_schema, encoding="utf-8") as file:
        schema = json.load(file)
    with open(sarif_report, encoding="utf-8") as file:
        report = json.load(file)
    validator = jsonschema.validators.validator_for(schema)(schema)
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]
    wrong += [str(error) for error in xmlschema.XMLSchema(junit_schema).iter_errors(junit_report)]
    results = report["runs"][0]["results"]
    if not results:
        wrong.append("the report holds no result, so nothing was proved")
    for line in wrong:
        print(line)
    print(f"reports: {len(results)} results, {len(wrong)} violations of the SARIF and JUnit schemas")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
