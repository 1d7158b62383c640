# Completes `aoshingo` and `npx aoshingo` in fish. It knows no command: it asks `aoshingo complete`.

function __aoshingo_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    # npx takes too long: the command that it would run is in node_modules here or above.
    if test (basename -- $program) = npx
        set -e words[1]
        set program aoshingo
        set -l folder $PWD
        while test -n "$folder"
            if test -x $folder/node_modules/.bin/aoshingo
                set program $folder/node_modules/.bin/aoshingo
                break
            end
            set folder (string replace -r '/[^/]*$' '' -- $folder)
        end
    end
    command -q $program; or set program npx --no-install aoshingo
    for line in ($program complete -- $words 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':directories'
                __fish_complete_directories (commandline -ct)
            case '*'
                printf '%s\n' $line
        end
    end
end

function __aoshingo_by_npx
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = aoshingo
end

complete -c aoshingo -f -a '(__aoshingo_complete)'
complete -c npx -f -n __aoshingo_by_npx -a '(__aoshingo_complete)'
