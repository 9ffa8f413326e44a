#!/bin/bash
# compare.sh <hesse_bench_ranks>: two ranks beside one, taking turns; the fastest of each counts.
set -eu
export OPENBLAS_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl_base_warn_component_unused=0
for round in 1 2 3; do
    for ranks in 1 2; do
        mpirun --bind-to core -n $ranks "$1" | sed "s/^/$ranks /"
    done
done | awk '
    {
        if (!(($1, $2) in gradient) || $3 < gradient[$1, $2]) gradient[$1, $2] = $3
        if (!(($1, $2) in product) || $4 < product[$1, $2]) product[$1, $2] = $4
        names[$2] = 1
    }
    END {
        for (name in names)
            printf "Two ranks beside one, %s: gradient %.2f x as fast (%.3g s alone), product %.2f x (%.3g s) (asked: 1.75)\n",
                name, gradient[1, name] / gradient[2, name], gradient[1, name],
                product[1, name] / product[2, name], product[1, name]
    }' | sort
