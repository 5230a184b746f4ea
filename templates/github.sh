#!/usr/bin/env bash
# What the composite action runs: annotations on the standard output, a summary of the job, and a SARIF file.
set -euo pipefail

arguments=("$INPUT_COMMAND")
# Paths are separated by spaces, so they are split here.
read -r -a paths <<<"${INPUT_PATHS:-}"
[ ${#paths[@]} -eq 0 ] || arguments+=("${paths[@]}")
if [ "$INPUT_COMMAND" = check ]; then
    [ -z "${INPUT_AGAINST:-}" ] || arguments+=(--against "$INPUT_AGAINST")
    [ -z "${INPUT_LEVEL:-}" ] || arguments+=(--level "$INPUT_LEVEL")
fi
arguments+=(--fail-on "${INPUT_FAIL_ON:-error}" -o github -o "sarif=${INPUT_SARIF:-regis.sarif}")
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || arguments+=(-o "markdown=$GITHUB_STEP_SUMMARY")
# The binary's name is no setting of a server.
bin=${REGIS_BIN:-regis}
unset REGIS_BIN
exec "$bin" "${arguments[@]}"
