"""`schoolcrm completion`: prints what makes Tab complete commands, options and names in a shell."""

import sys
from typing import Annotated

import typer

from schoolcrm.core.errors import BadValue
from schoolcrm.core.language import _
from schoolcrm.lazy import SchoolHelp, single

app = single()

_BASH = """\
# Tab completion of schoolcrm for bash; in ~/.bashrc: source <(schoolcrm completion bash)
_schoolcrm_complete() {
    local word unusual=
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
        [[ $word == *[!a-z0-9-]* ]] && unusual=1
    done < <(schoolcrm --complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [[ ${COMPREPLY[0]} == '<files>' ]]; then
        COMPREPLY=()
        compopt -o default 2>/dev/null
    elif [[ $unusual ]]; then
        compopt -o filenames 2>/dev/null # quotes what needs quoting
    fi
}
complete -o nosort -F _schoolcrm_complete schoolcrm 2>/dev/null || complete -F _schoolcrm_complete schoolcrm
"""
_ZSH = """\
#compdef schoolcrm
# Tab completion of schoolcrm for zsh; in ~/.zshrc, after compinit: source <(schoolcrm completion zsh)
_schoolcrm() {
    local line tab=$'\\t'
    local -a lines values shown
    lines=("${(@f)$(schoolcrm --complete zsh "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)}")
    [[ -n ${lines[1]} ]] || return 1
    if [[ ${lines[1]} == '<files>' ]]; then
        _files
        return
    fi
    for line in $lines; do
        values+=("${line%%$tab*}")
        if [[ $line == *$tab* ]]; then
            shown+=("${line%%$tab*}  -- ${line#*$tab}")
        else
            shown+=("$line")
        fi
    done
    compadd -U -l -V schoolcrm -d shown -a values
}
compdef _schoolcrm schoolcrm
"""
_FISH = """\
# Tab completion of schoolcrm for fish; in ~/.config/fish/config.fish: schoolcrm completion fish | source
function __schoolcrm_complete
    set -l offers (schoolcrm --complete fish (commandline -cp) 2>/dev/null)
    if test "$offers[1]" = '<files>'
        __fish_complete_path (commandline -ct)
    else if set -q offers[1]
        printf '%s\\n' $offers
    end
end
complete -c schoolcrm -f -a '(__schoolcrm_complete)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@app.command(cls=SchoolHelp, help=_("Print what makes Tab complete commands, options and names in your shell."))
def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help=_("The shell to print it for."))],
) -> None:
    if shell not in SCRIPTS:
        raise BadValue(
            _('There is no completion for the shell "{shell}".').format(shell=shell),
            _("It is one of: {known}.").format(known=", ".join(SCRIPTS)),
        )
    sys.stdout.write(SCRIPTS[shell])
