#!/bin/sh
# Walks the schemas of a fraud-detection pipeline through their versions, with curl, against a running Regis.
#
#   REGIS_URL=http://127.0.0.1:8081 examples/payments/walk.sh
#
# Each answer's status is checked, and where it matters its body; the first surprise ends the walk with status 1.
# It can be repeated on the same server: what is registered already answers as it did the first time.
set -eu

url=${REGIS_URL:-http://127.0.0.1:8081}
url=${url%/}
cd "$(dirname "$0")"
type='application/vnd.schemaregistry.v1+json'

step() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# request METHOD PATH STATUS [BODY]: sends it, checks the status, leaves the answer in $body.
request() {
    if [ $# -gt 3 ]; then
        answer=$(printf '%s' "$4" | curl -sS -X "$1" -H "Content-Type: $type" --data-binary @- -w '\n%{http_code}' "$url$2") ||
            fail "$1 $url$2: no answer; is Regis running there?"
    else
        answer=$(curl -sS -X "$1" -w '\n%{http_code}' "$url$2") || fail "$1 $url$2: no answer; is Regis running there?"
    fi
    status=${answer##*
}
    body=${answer%
*}
    printf '%s %s -> %s\n' "$1" "$2" "$status"
    [ "$status" = "$3" ] || fail "expected $3, got $status: $body"
}

# contains TEXT: the last answer must contain it.
contains() {
    case $body in
    *"$1"*) ;;
    *) fail "the answer does not contain $1: $body" ;;
    esac
}

# show [WIDTH]: prints the last answer, cut to WIDTH characters.
show() {
    printf '%s\n' "$body" | cut -c "1-${1:-160}" | sed 's/^/   /'
}

# show_messages: prints the messages of the last answer, one per line, without the old schema's text.
show_messages() {
    printf '%s\n' "$body" | sed 's/^.*"messages":\["//; s/"\]}$//; s/","/\
/g' | sed 's/\\"/"/g' | grep -v '^{oldSchema: ' | sed 's/^/   /'
}

# envelope FILE: the request body that carries a schema: its text as one JSON string, and what it imports.
envelope() {
    text=$(sed 's/\\/\\\\/g; s/"/\\"/g; s/$/\\n/' <"$1" | tr -d '\n')
    references=
    case $1 in
    *.avsc) language=AVRO ;;
    *.json) language=JSON ;;
    *.proto) language=PROTOBUF ;;
    esac
    if grep -q '^import "money.proto";' "$1"; then
        references=',"references":[{"name":"money.proto","subject":"money.proto","version":1}]'
    fi
    printf '{"schemaType":"%s","schema":"%s"%s}' "$language" "$text" "$references"
}

# file SUBJECT NAME: the file of that name, whatever its language.
file() {
    ls "$1/$2".*
}

# register SUBJECT VERSION: the file of that version must be, or become, that version.
register() {
    request POST "/subjects/$1/versions" 200 "$(envelope "$(file "$1" "v$2")")"
    contains "\"version\":$2,"
    show 60
}

# refuse SUBJECT VERSION: the draft must be refused; says why, compared with the version before it.
refuse() {
    refused=$(envelope "$(file "$1" "v$2-refused")")
    request POST "/compatibility/subjects/$1/versions/$(($2 - 1))?verbose=true" 200 "$refused"
    contains '"is_compatible":false'
    show_messages
    verdict=$body
    request POST "/subjects/$1/versions" 409 "$refused"
    contains '"error_code":40901'
    body=$verdict
}

step "Levels: who reads a topic, and since when, decides what may change"
request PUT /config/transactions-value 200 '{"compatibility":"BACKWARD_TRANSITIVE"}'
request PUT /config/alerts-value 200 '{"compatibility":"FULL_TRANSITIVE"}'
request PUT /config/notifications-value 200 '{"compatibility":"BACKWARD"}'
request PUT /config/settlements-value 200 '{"compatibility":"BACKWARD_TRANSITIVE"}'

step "transactions-value 1: the first schema"
register transactions-value 1
first=$body

step "transactions-value 2: a nullable record, a map with a default, one more enum symbol"
register transactions-value 2

step "transactions-value 3: a field renamed by an alias, a symbol retired under the enum's default"
register transactions-value 3

step "A draft of 4 is refused: decimal became double, a rename without alias, symbols lost, a field without default"
refuse transactions-value 4
contains "errorType:'TYPE_MISMATCH'"
contains "errorType:'MISSING_ENUM_SYMBOLS'"
contains "The field 'mcc' at path"
contains "The field 'risk_score' at path"

step "transactions-value 4: the same wishes, mended"
register transactions-value 4

step "alerts-value 1 and 2"
register alerts-value 1
register alerts-value 2

step "A draft of 3 is refused in both directions: readers of today would miss the score"
refuse alerts-value 3
contains "The field 'score' at path"
contains "The field 'probability' at path"

step "alerts-value 3: the new field stands beside the old one"
register alerts-value 3
id=${body#*\"id\":}
id=${id%%,*}

step "notifications-value 1 and 2 (JSON Schema): a closed object opens up by name"
register notifications-value 1
register notifications-value 2

step "A draft of 3 is refused: a shorter text, a channel less, another type, one more required property"
refuse notifications-value 3
contains 'errorType:\"MAX_LENGTH_DECREASED\"'
contains 'errorType:\"ENUM_ARRAY_NARROWED\"'
contains 'errorType:\"TYPE_CHANGED\"'
contains 'errorType:\"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL\"'

step "notifications-value 3: longer texts, a number or a word, an optional property"
register notifications-value 3
notification=${body#*\"id\":}
notification=${notification%%,*}

step "money.proto (Protobuf): an amount, for every file that imports it"
register money.proto 1

step "settlements-value 1 and 2 (Protobuf): the import is a reference to the subject money.proto"
register settlements-value 1
register settlements-value 2

step "A draft of 3 is refused: an amount as double, a count as string, a member of a oneof and a message lost"
refuse settlements-value 3
contains 'errorType:\"FIELD_KIND_CHANGED\"'
contains 'errorType:\"FIELD_SCALAR_KIND_CHANGED\"'
contains 'errorType:\"ONEOF_FIELD_REMOVED\"'
contains 'errorType:\"MESSAGE_REMOVED\"'

step "settlements-value 3: a name changed, numbers kept; a map; one more member of the oneof"
register settlements-value 3
settlement=${body#*\"id\":}
settlement=${settlement%%,*}
request GET /subjects/money.proto/versions/1/referencedby 200
contains "$settlement"
show
request DELETE /subjects/money.proto 422
contains '"error_code":42206'

step "Look up: which version is this text? which schema is this id?"
request POST /subjects/transactions-value 200 "$(envelope transactions-value/v2.avsc)"
contains '"version":2,'
show 100
request GET "/schemas/ids/$id" 200
contains '\"name\":\"Alert\"'
request GET /subjects/transactions-value/versions 200
show

step "An id keeps its meaning: version 1 registered again is version 1"
request POST /subjects/transactions-value/versions 200 "$(envelope transactions-value/v1.avsc)"
[ "$body" = "$first" ] || fail "expected $first, got $body"

step "Does a message conform to schema $id? (Regis' own endpoint)"
request POST "/schemas/ids/$id/validate" 200 "$(cat messages/alert.json)"
contains '"conforms":true'
show 40
request POST "/schemas/ids/$id/validate" 200 "$(cat messages/alert-wrong.json)"
contains '"conforms":false'
contains '"path":"/severity"'
show 400
request POST "/schemas/ids/$notification/validate" 200 "$(cat messages/notification.json)"
contains '"conforms":true'
show 40

printf '\nThe walk is complete: every answer was as expected.\n'
