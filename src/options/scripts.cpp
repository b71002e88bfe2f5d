#include "options/complete.hpp"

namespace gantry::options {

namespace {

// The scripts know nothing: the program itself answers, so they never go stale. PROGRAM stands for its name.

/// Bash splits words at '=' and ':', so the line is split here, and what bash takes for done is cut off the answers.
constexpr std::string_view kBash = R"(# bash completion for PROGRAM
_PROGRAM() {
    local line=${COMP_LINE:0:COMP_POINT} words word begun done
    read -ra words <<<"$line"
    case $line in *[[:space:]]) words+=("") ;; esac
    begun=${words[${#words[@]}-1]}
    done=${begun%"${begun##*[=:]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        case $word in
            :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "${begun#"$done"}") ;;
            :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "${begun#"$done"}") ;;
            *) COMPREPLY+=("${word#"$done"}") ;;
        esac
    done < <(PROGRAM __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _PROGRAM PROGRAM
)";

constexpr std::string_view kZsh = R"(#compdef PROGRAM
_PROGRAM() {
    local -a lines found
    local line
    lines=("${(@f)$(PROGRAM __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :files) _files; return ;;
            :folders) _files -/; return ;;
            *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
            *) found+=("${line//:/\\:}") ;;
        esac
    done
    _describe PROGRAM found
}
if [ "$funcstack[1]" = "_PROGRAM" ]; then
    _PROGRAM
else
    compdef _PROGRAM PROGRAM
fi
)";

constexpr std::string_view kFish = R"(# fish completion for PROGRAM
function __PROGRAM_complete
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    for line in (PROGRAM __complete $words[2..-1] "$begun" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$begun"
            case :folders
                __fish_complete_directories "$begun"
            case '*'
                echo $line
        end
    end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
)";

}  // namespace

Result<std::string> completion_script(std::string_view program, std::string_view shell) {
  std::string script(shell == "bash" ? kBash : shell == "zsh" ? kZsh : shell == "fish" ? kFish : "");
  if (script.empty())
    return fail(Code::unsupported, "no completion for the shell '{}'", shell)
        .with_cure("there is one for bash, zsh and fish");
  constexpr std::string_view kName = "PROGRAM";
  for (std::size_t at = 0; (at = script.find(kName, at)) != script.npos; at += program.size())
    script.replace(at, kName.size(), program);
  return script;
}

}  // namespace gantry::options
