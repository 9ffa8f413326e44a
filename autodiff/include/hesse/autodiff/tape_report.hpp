#pragma once

#include "hesse/autodiff/tape.hpp"

#include <iosfwd>
#include <string>
#include <vector>

/// What a recording is made of.
namespace hesse {

/// Statements of one kind, or a single one.
struct StatementCost {
    std::string name;    ///< "matrix product", or what a statement calculates: "tanh(a + b)"
    std::string shapes;  ///< of operands and result; empty for scalars, and where they differ
    Index place = 0;     ///< of the first among the statements of the recording
    Index count = 0;
    std::size_t bytes = 0;  ///< of its numbers in all sweeps, and of what it keeps
    double flops =
        0;  ///< an estimate of the operations of its value; a gradient costs two to three times that
};

/// Costs of a recording, by kind of statement and by statement.
struct TapeReport {
    std::size_t bytes = 0;  ///< held by the recording, spare room included
    std::size_t statements = 0;
    std::vector<StatementCost> kinds;    ///< the largest first
    std::vector<StatementCost> largest;  ///< single statements with the most bytes
    std::vector<StatementCost> slowest;  ///< with the most operations
};
std::ostream& operator<<(std::ostream& stream, const TapeReport& report);

/// The report on a recording, with at most `most` single statements in each list.
template <class T>
TapeReport report_on(Tape<T>& tape, std::size_t most);

/// The recording as a graph in the language of Graphviz, for `dot -Tsvg`: statements and what they read. Equal ones that
/// follow one another are one node, and where there are more than `most_nodes` then, so are all scalar statements
/// between arrays.
template <class T>
std::string graphviz(Tape<T>& tape, std::size_t most_nodes);

extern template TapeReport report_on(Tape<double>&, std::size_t);
extern template TapeReport report_on(Tape<float>&, std::size_t);
extern template std::string graphviz(Tape<double>&, std::size_t);
extern template std::string graphviz(Tape<float>&, std::size_t);

}  // namespace hesse
