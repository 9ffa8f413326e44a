#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <array>
#include <vector>

namespace hesse {

/// The curve x' = -g(x) down from a point, by the linearly implicit Euler method, (H + I / tau) s = -g: it follows the curve
/// also along narrow valleys, where explicit steps are tiny or jump across, and becomes Newton's method at a minimum.
/// E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, ch. IV.7.
class DescentPath {
public:
    enum class End { arrived, left_box, lost };

    DescentPath(ObjectiveRef& f, const Eigen::Map<const Eigen::VectorXd>& lower,
                const Eigen::Map<const Eigen::VectorXd>& upper, Index most_steps, bool keeps_points);

    /// From start + length direction, in steps of ten lengths at most.
    End follow(const Eigen::VectorXd& start, const Eigen::VectorXd& direction, double length);

    [[nodiscard]] const Eigen::VectorXd& x() const { return points_[current_]; }
    [[nodiscard]] double value() const { return value_; }
    /// (n x any number), the start and the end at least.
    [[nodiscard]] Columns points() const;
    [[nodiscard]] Index linearizations() const { return linearizations_; }
    [[nodiscard]] Index products() const { return products_; }

private:
    End run(double length);
    bool step(double longest);
    [[nodiscard]] bool inside() const;

    ObjectiveRef& f_;
    const Eigen::Map<const Eigen::VectorXd>& lower_;
    const Eigen::Map<const Eigen::VectorXd>& upper_;
    Index most_steps_, n_;
    bool keeps_points_;
    std::array<Eigen::VectorXd, 2> points_;  // a linearisation refers to its point
    std::size_t current_ = 0;
    std::vector<Eigen::VectorXd> path_;
    double tau_ = 0.0, value_ = 0.0;
    Index linearizations_ = 0, products_ = 0;
};

}  // namespace hesse
