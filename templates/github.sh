#!/usr/bin/env bash
# What the composite action runs: annotations on the standard output, a summary of the job, a SARIF file and, if it is
# wanted, one comment at the pull request that later runs rewrite. Ends with regis' own exit code.
set -euo pipefail

# GitHub takes no longer comments (characters) and summaries (bytes).
readonly longest_comment=65000 longest_summary=1000000
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT

arguments=("$INPUT_COMMAND")
# Paths are separated by spaces, so they are split here.
read -r -a paths <<<"${INPUT_PATHS:-}"
[ ${#paths[@]} -eq 0 ] || arguments+=("${paths[@]}")
if [ "$INPUT_COMMAND" = check ]; then
    [ -z "${INPUT_AGAINST:-}" ] || arguments+=(--against "$INPUT_AGAINST")
    [ -z "${INPUT_LEVEL:-}" ] || arguments+=(--level "$INPUT_LEVEL")
fi
arguments+=(--fail-on "${INPUT_FAIL_ON:-error}" -o github -o "sarif=${INPUT_SARIF:-regis.sarif}")
arguments+=(-o "markdown=$report/report.md")

# At most so many bytes of the report, in whole lines.
shortened() {
    if [ "$(wc -c <"$report/report.md")" -le "$1" ]; then
        cat "$report/report.md"
    else
        head -c "$1" "$report/report.md" | sed '$d'
        printf '\n… and more: the annotations and the SARIF report have the rest.\n'
    fi
}

# The comment that an earlier run of this job wrote, or nothing. Comments of others do not count, whatever they say.
earlier() {
    local own='[.comments[] | select(.viewerDidAuthor and (.body | startswith(env.MARKER))) | .url][0] // empty'
    MARKER=$marker gh pr view "$number" --repo "$GITHUB_REPOSITORY" --json comments --jq "$own" |
        sed -n 's/.*#issuecomment-\([0-9][0-9]*\)$/\1/p'
}

# Writes the comment, or rewrites it; a report without content starts none.
comment() {
    local id
    id=$(earlier) || return 1
    { printf '%s\n' "$marker" && shortened "$longest_comment"; } >"$report/comment.md"
    if [ -n "$id" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$report/comment.md"
    elif grep -qE '^(\||\* )' "$report/report.md"; then
        gh pr comment "$number" --repo "$GITHUB_REPOSITORY" --body-file "$report/comment.md"
    fi
}

# The binary's name is no setting of a server.
bin=${REGIS_BIN:-regis}
unset REGIS_BIN
status=0
"$bin" "${arguments[@]}" || status=$?

if [ ! -s "$report/report.md" ]; then
    # An earlier verdict must not stay where there is none now.
    printf '### regis %s\n\nNo verdict: it ended with exit code %s; the log of the job says why.\n' \
        "$INPUT_COMMAND" "$status" >"$report/report.md"
fi
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || shortened "$longest_summary" >>"$GITHUB_STEP_SUMMARY"
number=${INPUT_PULL_REQUEST:-}
if [ "${INPUT_COMMENT:-false}" = true ] && [ -n "$number" ]; then
    # Jobs have comments of their own.
    job=$(printf '%s/%s' "${GITHUB_WORKFLOW:-}" "${GITHUB_JOB:-}" | tr -cs '[:alnum:]' '-')
    marker="<!-- regis $INPUT_COMMAND $job -->"
    comment >/dev/null ||
        echo "::warning title=regis::The comment was not written: the job needs the permission pull-requests: write, which pull requests from forks do not get"
fi
exit "$status"
