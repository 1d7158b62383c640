#!/usr/bin/env bash
# One command of the deploy script, from a job's environment:
#
#   COMMAND   deploy, rollback, resume or abort
#   STACK     the Pulumi stack
#   RELEASES  of deploy: "users=v2 doodle=v7", on one line or more
#   SERVICES  of rollback, if not those of the last deploy: "users doodle"
#   TO        of rollback, if not the release before: v7
#   REASON    of deploy and rollback, for the history
#   DESPITE_FREEZE    of deploy, rollback and resume: why, if they go on although deploys are frozen
#   WAIT      of deploy: how long to wait for another run, such as 15m
#   SESSION_SECONDS   how long the role's session lasts that the step before has begun, so that a deploy knows whether it has time enough
#
# It becomes the command (exec): a cancelled job's signals go to the step's first process only, and the command stops at its next safe point.
set -euo pipefail

# All lines of both. `read` says 1 at their end.
IFS=$' \t\r\n' read -r -d '' -a names <<<"${RELEASES:-} ${SERVICES:-}" || true
options=(--stack "$STACK")

# `resume` does not wait: it would go on with a run that somebody has stopped meanwhile. `rollback` and `abort` wait for what they stop.
if [[ $COMMAND == deploy && -n ${WAIT:-} ]]; then options+=(--wait "$WAIT"); fi

# What takes production back does not wait for the run that it takes back.
if [[ $COMMAND == rollback || $COMMAND == abort ]]; then options+=(--stop-running); fi

if [[ -n ${SESSION_SECONDS:-} ]]; then
  end=$(($(date +%s) + SESSION_SECONDS))
  # The second form is for macOS.
  AWS_CREDENTIAL_EXPIRATION=$(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$end" +%Y-%m-%dT%H:%M:%SZ)
  export AWS_CREDENTIAL_EXPIRATION
fi

# `abort` has no such option: no freeze refuses it.
if [[ $COMMAND != abort && -n ${DESPITE_FREEZE:-} ]]; then options+=(--despite-freeze "$DESPITE_FREEZE"); fi

case $COMMAND in
  deploy | rollback)
    if [[ -n ${REASON:-} ]]; then options+=(--reason "$REASON"); fi
    if [[ $COMMAND == rollback && -n ${TO:-} ]]; then options+=(--to "$TO"); fi
    # What follows the two hyphens is never an option, whoever wrote it.
    options+=(-- ${names[@]+"${names[@]}"})
    ;;
  resume | abort) ;;
  *)
    echo "COMMAND is \"$COMMAND\": wanted deploy, rollback, resume or abort" >&2
    exit 2
    ;;
esac

exec node "$(dirname "$0")/../../bin/aoshingo.js" "$COMMAND" "${options[@]}"
