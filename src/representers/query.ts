/** @file Which training points speak for a class of a test point, and which against: k(x_t, x_i, α_i) = α_i f_iᵀ f_t. */
