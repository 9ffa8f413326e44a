#pragma once

#include <utility>
#include <vector>

namespace hesse {

/// A line of the user's. A function with a last parameter `SourceLine line = SourceLine::here()` is told the line of its
/// call; an operator, which can have no default arguments, takes a class whose constructor has one, and is told by
/// the conversion. (std::source_location is not in all of the compilers that read these headers.)
struct SourceLine {
    const char* file = "";
    int line = 0;       // unknown
    bool near = false;  // some lines before what is meant: the last that is known

    /// Unknown within the library: what it calls for a user's word is not the user's. (Compilers see through that.)
    [[gnu::always_inline]] static SourceLine here(const char* file = __builtin_FILE(),
                                                  int line = __builtin_LINE()) {
        if (__builtin_strstr(file, "/hesse/autodiff/") != nullptr) return {};
        return {file, line, false};
    }
    [[nodiscard]] constexpr bool known() const { return line != 0; }
};

/// What is known of the lines of array code, in this thread. Operators and words of arrays note theirs before they do
/// anything; a message, a recorded node and an expression that is evaluated later take the last one.
struct NotedLines {
    struct OfNode {
        const void* tape;
        SourceLine line;
    };
    SourceLine last{};
    std::vector<OfNode>* of_nodes =
        nullptr;  // where somebody wants to know the last line when each node was recorded
};
extern constinit thread_local NotedLines noted_lines;

inline void note(SourceLine line) {
    if (line.known()) noted_lines.last = line;
}

/// Of a word that cannot be told its line.
inline void note_unknown_line() { noted_lines.last.near = true; }

/// Where something was written: the last line noted when it was made.
struct WrittenAt {
    SourceLine line = noted_lines.last;
};
struct NoLine {};

/// For as long as this lives, another line is the last one; or none, where a loss begins to run.
class AtLine {
public:
    explicit AtLine(const WrittenAt& written) : AtLine(written.line) {}
    explicit AtLine(const SourceLine& line) : before_(std::exchange(noted_lines.last, line)) {}
    ~AtLine() { noted_lines.last = before_; }
    AtLine(const AtLine&) = delete;
    AtLine& operator=(const AtLine&) = delete;

private:
    SourceLine before_;
};

/// For as long as this lives, the lines of nodes are written down.
class LinesOfNodes {
public:
    explicit LinesOfNodes(std::vector<NotedLines::OfNode>& lines) : before_(noted_lines.of_nodes) {
        noted_lines.of_nodes = &lines;
    }
    ~LinesOfNodes() { noted_lines.of_nodes = before_; }
    LinesOfNodes(const LinesOfNodes&) = delete;
    LinesOfNodes& operator=(const LinesOfNodes&) = delete;

private:
    std::vector<NotedLines::OfNode>* before_;
};

}  // namespace hesse
