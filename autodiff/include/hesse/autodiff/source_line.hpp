#pragma once

#include <vector>

namespace hesse {

/// A line of the user's. A function with a last parameter `SourceLine line = SourceLine::here()` is told the line of its
/// call; an operator, which can have no default arguments, takes a class whose constructor has one, and is told by
/// the conversion. (std::source_location is not in all of the compilers that read these headers.)
struct SourceLine {
    const char* file = "";
    int line = 0;  // unknown

    /// Unknown within the library: what it calls for a user's word is not the user's. (Compilers see through that.)
    [[gnu::always_inline]] static SourceLine here(const char* file = __builtin_FILE(),
                                                  int line = __builtin_LINE()) {
        if (__builtin_strstr(file, "/hesse/autodiff/") != nullptr) return {};
        return {file, line};
    }
    [[nodiscard]] constexpr bool known() const { return line != 0; }
};

/// What is known of the lines of array code, in this thread. Statements of arrays have no line of their own, since
/// operators are not told any; words that are (`sum`, `colwise`, `solve` ...) note theirs, and a message names the last one.
struct NotedLines {
    struct OfNode {
        const void* tape;
        SourceLine line;
    };
    SourceLine last{};
    int running = 0;  // losses, one within another
    std::vector<OfNode>* of_nodes =
        nullptr;  // where somebody wants to know the last line when each node was recorded
};
extern constinit thread_local NotedLines noted_lines;

inline void note(SourceLine line) {
    if (line.known()) noted_lines.last = line;
}

/// A loss runs. Lines of others before it are not near what happens in it.
class RunningLoss {
public:
    RunningLoss() : before_(noted_lines.last) {
        noted_lines.last = {};
        ++noted_lines.running;
    }
    ~RunningLoss() {
        noted_lines.last = before_;
        --noted_lines.running;
    }
    RunningLoss(const RunningLoss&) = delete;
    RunningLoss& operator=(const RunningLoss&) = delete;

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
