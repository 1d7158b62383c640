# Completes `aoshingo` and `npx aoshingo` in bash. It knows no command: it asks `aoshingo complete`.

# Asks the command that was typed. For npx, which takes too long, that is the one in node_modules here or above.
_aoshingo_ask() {
  local program=$1 folder=$PWD
  shift
  if [[ $program == npx ]]; then
    while [[ -n $folder && ! -x $folder/node_modules/.bin/aoshingo ]]; do folder=${folder%/*}; done
    program=$folder/node_modules/.bin/aoshingo
  fi
  command -v "$program" > /dev/null || program="npx --no-install aoshingo"
  # Not in quotation marks: it may be three words.
  $program complete -- "$@" 2> /dev/null
}

_aoshingo() {
  local -a words=()
  local word i is_open= program first=1 current common value
  COMPREPLY=()
  # bash divides words at = and :, which are parts of a word here.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $i -gt 0 && ( -n $is_open || $word == [=:]* ) ]]; then words[${#words[@]}-1]+=$word; else words+=("$word"); fi
    if [[ $word == *[=:] ]]; then is_open=1; else is_open=; fi
  done
  program=${words[0]}
  if [[ ${program##*/} == npx ]]; then
    if [[ ${words[1]} != aoshingo || ${#words[@]} -lt 3 ]]; then compopt -o default 2> /dev/null; return; fi
    program=npx first=2
  fi
  current=${words[${#words[@]}-1]}
  # The part that bash has taken for words of their own stays as it is.
  common=${current%"${current##*[=:]}"}
  while IFS=$'\t' read -r value _; do
    case $value in
      :files | :directories) compopt -o default 2> /dev/null; return ;;
      *) COMPREPLY+=("${value#"$common"}") ;;
    esac
  done < <(_aoshingo_ask "$program" "${words[@]:first}")
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:.] ]]; then compopt -o nospace 2> /dev/null; fi
  return 0
}

complete -F _aoshingo aoshingo
complete -p npx > /dev/null 2>&1 || complete -F _aoshingo npx
