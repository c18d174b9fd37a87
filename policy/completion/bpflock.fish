# SPDX-License-Identifier: GPL-2.0-only
# Completion of bpflock, bpflock-ctl and bpflock-log in fish. What can stand where, the programs know:
# they are asked, see policy/complete.h.

function __bpflock_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct | string replace -r '^["\']' '')
    set -l program (string replace -r '.*/' '' -- $words[1])
    set -lx PATH $PATH /usr/local/sbin /usr/sbin
    set -e words[1]
    command -q $program; or return

    for line in (command $program --complete $words "$word" 2>/dev/null)
        # a path stands behind the option's name, where they are one word
        set -l option (string match -r '^--[^=]*=' -- "$word")
        set -l path (string replace -- "$option" '' "$word")
        switch $line
            case \tfiles
                printf '%s\n' "$option"(__fish_complete_path "$path")
            case \tdirectories
                printf '%s\n' "$option"(__fish_complete_directories "$path" '')
            case \t'*'
            case '*'
                printf '%s\n' $line
        end
    end
end

# Loaded by each name that it is installed by.
for program in bpflock bpflock-ctl bpflock-log
    complete -c $program -e
    complete -c $program -f -a '(__bpflock_complete)'
end
