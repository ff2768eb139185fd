// Chooses the colours before anything is drawn; a script of its own, since modules run later.

document.documentElement.dataset.theme = localStorage.getItem("jobs.theme") ?? "auto";
