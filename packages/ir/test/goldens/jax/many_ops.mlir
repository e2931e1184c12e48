module @jit_many_ops attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<3x4xf32>) -> (tensor<3x4xf32> {jax.result_info = "result[0]"}, tensor<3x4xf32> {jax.result_info = "result[1]"}, tensor<3x4xf32> {jax.result_info = "result[2]"}, tensor<3x4xf32> {jax.result_info = "result[3]"}, tensor<3x4xf32> {jax.result_info = "result[4]"}, tensor<3x4xf32> {jax.result_info = "result[5]"}, tensor<3x4xi1> {jax.result_info = "result[6]"}, tensor<3x4xf32> {jax.result_info = "result[7]"}, tensor<3x4xf32> {jax.result_info = "result[8][0]"}, tensor<3x4xf32> {jax.result_info = "result[8][1]"}, tensor<3x4xf32> {jax.result_info = "result[9]"}, tensor<3x4xf32> {jax.result_info = "result[10]"}, tensor<3x2xf32> {jax.result_info = "result[11]"}, tensor<3x4xf32> {jax.result_info = "result[12]"}, tensor<3x7xf32> {jax.result_info = "result[13]"}, tensor<3x3xf32> {jax.result_info = "result[14]"}, tensor<3xf32> {jax.result_info = "result[15]"}, tensor<3x4xf32> {jax.result_info = "result[16]"}, tensor<3x4xi8> {jax.result_info = "result[17]"}, tensor<6x4xf32> {jax.result_info = "result[18]"}, tensor<3x4x2xui16> {jax.result_info = "result[19]"}, tensor<3xf32> {jax.result_info = "result[20]"}, tensor<3x4xf32> {jax.result_info = "result[21]"}, tensor<3x4xf32> {jax.result_info = "result[22]"}, tensor<3xi64> {jax.result_info = "result[23]"}, tensor<f32> {jax.result_info = "result[24]"}, tensor<1x2xf32> {jax.result_info = "result[25]"}, tensor<3x4xf32> {jax.result_info = "result[26]"}, tensor<3x4xf32> {jax.result_info = "result[27]"}, tensor<3x4xf32> {jax.result_info = "result[28]"}, tensor<3x4xui32> {jax.result_info = "result[29]"}, tensor<3x4xf32> {jax.result_info = "result[30]"}, tensor<3x4xf32> {jax.result_info = "result[31]"}, tensor<3x4xf32> {jax.result_info = "result[32]"}) {
    %0 = stablehlo.complex %arg0, %arg0 : tensor<3x4xcomplex<f32>>
    %1 = chlo.erf_inv %arg0 : tensor<3x4xf32> -> tensor<3x4xf32>
    %2 = chlo.polygamma %arg0, %arg0 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
    %3 = chlo.next_after %arg0, %arg0 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
    %4 = stablehlo.reduce_precision %arg0, format = e8m10 : tensor<3x4xf32>
    %5 = stablehlo.abs %0 : (tensor<3x4xcomplex<f32>>) -> tensor<3x4xf32>
    %6 = stablehlo.exponential %arg0 : tensor<3x4xf32>
    %7 = stablehlo.is_finite %arg0 : (tensor<3x4xf32>) -> tensor<3x4xi1>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %9 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %10 = stablehlo.clamp %8, %arg0, %9 : tensor<3x4xf32>
    %11:2 = stablehlo.optimization_barrier %arg0, %arg0 : tensor<3x4xf32>, tensor<3x4xf32>
    %12 = chlo.square %arg0 : tensor<3x4xf32> -> tensor<3x4xf32>
    %13 = chlo.digamma %arg0 : tensor<3x4xf32> -> tensor<3x4xf32>
    %14 = stablehlo.slice %arg0 [0:3, 1:4:2] : (tensor<3x4xf32>) -> tensor<3x2xf32>
    %15 = stablehlo.reverse %arg0, dims = [0] : tensor<3x4xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %16 = stablehlo.pad %arg0, %cst_1, low = [1, 0], high = [-1, 0], interior = [0, 1] : (tensor<3x4xf32>, tensor<f32>) -> tensor<3x7xf32>
    %17 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<3x4xf32>) -> tensor<4x3xf32>
    %18 = stablehlo.dot_general %arg0, %17, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<3x4xf32>, tensor<4x3xf32>) -> tensor<3x3xf32>
    %19 = stablehlo.dot_general %arg0, %arg0, batching_dims = [0] x [0], contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %20 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %21 = stablehlo.compare GT, %arg0, %20, FLOAT : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xi1>
    %22 = stablehlo.select %21, %arg0, %arg0 : tensor<3x4xi1>, tensor<3x4xf32>
    %23 = stablehlo.convert %arg0 : (tensor<3x4xf32>) -> tensor<3x4xi8>
    %24 = stablehlo.concatenate %arg0, %arg0, dim = 0 : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<6x4xf32>
    %25 = stablehlo.bitcast_convert %arg0 : (tensor<3x4xf32>) -> tensor<3x4x2xui16>
    %26 = stablehlo.iota dim = 0 : tensor<3xf32>
    %27 = stablehlo.tan %arg0 : tensor<3x4xf32>
    %28 = stablehlo.cbrt %arg0 : tensor<3x4xf32>
    %29 = call @argmax(%arg0) : (tensor<3x4xf32>) -> tensor<3xi64>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %30 = stablehlo.reduce(%arg0 init: %cst_3) applies stablehlo.add across dimensions = [0, 1] : (tensor<3x4xf32>, tensor<f32>) -> tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %c_4 = stablehlo.constant dense<1> : tensor<i64>
    %31 = stablehlo.dynamic_slice %arg0, %c, %c_4, sizes = [1, 2] : (tensor<3x4xf32>, tensor<i64>, tensor<i64>) -> tensor<1x2xf32>
    %32 = stablehlo.slice %arg0 [0:1, 0:4] : (tensor<3x4xf32>) -> tensor<1x4xf32>
    %c_5 = stablehlo.constant dense<2> : tensor<i64>
    %c_6 = stablehlo.constant dense<0> : tensor<i64>
    %33 = stablehlo.dynamic_update_slice %arg0, %32, %c_5, %c_6 : (tensor<3x4xf32>, tensor<1x4xf32>, tensor<i64>, tensor<i64>) -> tensor<3x4xf32>
    %34 = stablehlo.real %0 : (tensor<3x4xcomplex<f32>>) -> tensor<3x4xf32>
    %35 = stablehlo.imag %0 : (tensor<3x4xcomplex<f32>>) -> tensor<3x4xf32>
    %36 = stablehlo.bitcast_convert %arg0 : (tensor<3x4xf32>) -> tensor<3x4xui32>
    %37 = stablehlo.popcnt %36 : tensor<3x4xui32>
    %38 = stablehlo.sign %arg0 : tensor<3x4xf32>
    %cst_7 = stablehlo.constant dense<2.500000e+00> : tensor<f32>
    %39 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %40 = stablehlo.power %arg0, %39 : tensor<3x4xf32>
    %41 = stablehlo.rsqrt %arg0 : tensor<3x4xf32>
    return %1, %2, %3, %4, %5, %6, %7, %10, %11#0, %11#1, %12, %13, %14, %15, %16, %18, %19, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, %33, %34, %35, %37, %38, %40, %41 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xi1>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x2xf32>, tensor<3x4xf32>, tensor<3x7xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<3x4xf32>, tensor<3x4xi8>, tensor<6x4xf32>, tensor<3x4x2xui16>, tensor<3xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xi64>, tensor<f32>, tensor<1x2xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xui32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
  }
  func.func private @argmax(%arg0: tensor<3x4xf32>) -> tensor<3xi64> {
    %0 = stablehlo.iota dim = 1 : tensor<3x4xi64>
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %1:2 = stablehlo.reduce(%arg0 init: %cst), (%0 init: %c) across dimensions = [1] : (tensor<3x4xf32>, tensor<3x4xi64>, tensor<f32>, tensor<i64>) -> (tensor<3xf32>, tensor<3xi64>)
     reducer(%arg1: tensor<f32>, %arg3: tensor<f32>) (%arg2: tensor<i64>, %arg4: tensor<i64>)  {
      %2 = stablehlo.compare GT, %arg1, %arg3, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %3 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %4 = stablehlo.or %2, %3 : tensor<i1>
      %5 = stablehlo.compare EQ, %arg1, %arg3, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %6 = stablehlo.compare LT, %arg2, %arg4, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      %7 = stablehlo.and %5, %6 : tensor<i1>
      %8 = stablehlo.or %4, %7 : tensor<i1>
      %9 = stablehlo.select %4, %arg1, %arg3 : tensor<i1>, tensor<f32>
      %10 = stablehlo.select %8, %arg2, %arg4 : tensor<i1>, tensor<i64>
      stablehlo.return %9, %10 : tensor<f32>, tensor<i64>
    }
    return %1#1 : tensor<3xi64>
  }
}
