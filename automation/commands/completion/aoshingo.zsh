#compdef aoshingo
# Completes `aoshingo` and `npx aoshingo` in zsh. It knows no command: it asks `aoshingo complete`.

# Asks the command that was typed. For npx, which takes too long, that is the one in node_modules here or above.
_aoshingo_ask() {
  local -a program=("$1")
  local folder=$PWD
  shift
  if [[ $program[1] == npx ]]; then
    while [[ -n $folder && ! -x $folder/node_modules/.bin/aoshingo ]]; do folder=${folder%/*}; done
    program=("$folder/node_modules/.bin/aoshingo")
  fi
  (( $+commands[$program[1]] )) || [[ -x $program[1] ]] || program=(npx --no-install aoshingo)
  $program complete -- "$@" 2> /dev/null
}

_aoshingo() {
  local program=${(Q)words[1]} first=2 line value text
  local -a whole open
  if [[ ${program:t} == npx ]]; then
    if [[ $words[2] != aoshingo || $CURRENT -lt 3 ]]; then _default; return; fi
    program=npx first=3
  fi
  for line in "${(@f)$(_aoshingo_ask $program "${(@Q)words[first,CURRENT]}")}"; do
    value=${line%%$'\t'*}
    text=
    [[ $line == *$'\t'* ]] && text=:${line#*$'\t'}
    case $value in
      '') ;;
      :files) _files; return ;;
      :directories) _files -/; return ;;
      *[=:.]) open+=("${value//:/\\:}$text") ;;
      *) whole+=("${value//:/\\:}$text") ;;
    esac
  done
  _describe -t values aoshingo whole -- open -S ''
}

compdef _aoshingo aoshingo
(( $+_comps[npx] )) || compdef _aoshingo npx
